import type { Same } from '@/words'
import type zh from './words'

export default {
  network: 'The network cannot be reached, also when tried again. Nothing you typed is lost; check the network and try once more.',
  unavailable: 'The service is not available at the moment. Please try again later.',
  save: 'Save', cancel: 'Cancel', confirm: 'OK', close: 'Close', retry: 'Try again', search: 'Search', apply: 'Filter', clear: 'Clear', back: 'Back', submit: 'Submit', edit: 'Edit', view: 'View', remove: 'Delete', add: 'Add', download: 'Download', upload: 'Upload',
  filter: 'Filter {label}', from: 'From', to: 'To', least: 'At least', most: 'At most',
  required: 'Please fill in: {label}', tick: 'Please tick this', restored: 'What you had not sent last time is back.', discard: 'Discard it',
  done: '{n} done', outcome: '{done} done, {failed} could not be:', first_failures: 'The first {n} of them.', record: 'Record', why: 'Reason',
  progress: 'Progress', background: 'You may leave this page: the work goes on.', cancel_job: 'Cancel the job', fetch_result: 'Download the result',
  page_size: 'Rows a page', per_page: '{n} / page', actions: 'Actions', columns: 'Columns', empty: 'Nothing here yet', nothing_found: 'Nothing matches', clear_filters: 'Clear the filters', item: 'rows',
  picked: '{n} {unit} selected', pick_all: 'Select all {n} {unit} that match', unpick: 'Clear the selection', pick_page: 'Select this page', pick_row: 'Select this row', at_least: 'More than {n}: please narrow the search',
  drop: 'Drop a file here, or click to choose', too_big: 'The file “{name}” has {size} MB; at most {max} MB.', wrong_type: 'The file “{name}” is of a kind that is not supported; please use {types}.', preview: 'Preview',
  changed: 'Changed meanwhile: {before} before, {now} now. What you typed is kept.', all_gone: 'All of them were handled meanwhile.', go_on: 'Go on with {n}', only_page: 'Of more than {most} none can be left out: only this page is selected now. Narrow the query.', incomplete: 'Some required fields are empty.', field_says: '{name}: {message}', leave: 'What you typed is not saved and will be lost. Leave?', yes: 'Yes', no: 'No', loading: 'Loading…', all: 'All',
} satisfies Same<typeof zh>
