import type { Same } from '@/words'
import type zh from './words'

export default {
  title: 'Instruments',
  unit: 'instruments',
  views: { all: 'All instruments', due: 'Due', overdue: 'Overdue', invalid: 'Invalid', failed: 'Failed', scrapped: 'Scrapped', rotation: 'Due for rotation' },
  about: {
    all: 'All instruments but the scrapped ones. Most of the work is done here.',
    due: 'Filed within the last 10 days, or valid for 30 more days at most.',
    overdue: 'Filed 11 to 30 days ago and not verified, or expired for at most 30 days.',
    invalid: 'Filed more than 30 days ago and not verified, or expired for more than 30 days. Suspend them; resumed ones are filed anew.',
    failed: 'Instruments that failed their verification.',
    scrapped: 'Scrapped instruments, to look at only.',
    rotation: 'First-verification instruments whose term of use ends within 90 days.',
  },
  search: 'Name, model, number, place, maker', search_owned: 'Name, model, number, place, maker, owner',
  f: {
    org_name: 'Owner', org_credit_code: 'Credit code', org_contact: 'Contact of the owner',
    code: 'Instrument code', name: 'Name', model: 'Model', serial_no: 'Serial number', own_no: 'Own number', manufacturer: 'Manufacturer', kind_code: 'Kind code', kind_name: 'Kind', purpose: 'Purpose', division_code: 'Area of use', install_address: 'Place', accuracy_class: 'Accuracy class', measuring_range: 'Measuring range', resolution: 'Resolution', made_on: 'Made on', in_use_on: 'In use since', origin: 'Origin', venue: 'Verification at', department: 'Department', keeper: 'Keeper', phone: 'Phone', type_approval_no: 'Type approval no.', last_cert_no: 'Last certificate', last_verified_on: 'Last verified on', declared_valid_until: 'Valid until (declared)', remark: 'Remarks', status: 'Use', view: 'Verification', filing_state: 'Filing', institution_id: 'Institution', approved_on: 'Filed on', valid_until: 'Valid until', rotate_on: 'Rotate on', result: 'Result', created_at: 'Added', updated_at: 'Changed',
  },
  add: 'Add', copy: 'Copy', remove: 'Delete', clear_all: 'Clear', suspend: 'Suspend', scrap: 'Scrap', resume: 'Resume', book: 'Book', import: 'Import', export: 'Export', template: 'Template', more_import: 'More imports', rows: 'Row by row', addresses: 'Update addresses', nozzles: 'Change nozzles', labels: 'Print codes',
  ask: { remove: 'Delete {n} instruments. Filed ones cannot be deleted: the reason is told for each.', clear: 'Delete all {n} instruments that can be deleted. What is being filed, is filed or ever was, stays.', suspend: 'Suspend {n} instruments. They can be resumed under “Filings → Suspended”.', scrap: 'Scrap {n} instruments. This cannot be undone.', export: 'Export {n} instruments (what the query finds) in the layout of the import.', labels: 'A PDF with code labels of {n} instruments.' },
  edit: 'Edit', detail_title: 'Instrument', do_n: '{what} {n}', none_yet: 'No instruments yet. Add one, or import many from Excel.', without_view: 'Not approved, or suspended', more: 'More', label_size: 'Label size',
  label: { small: 'Small (38 × 21 mm, 65 a sheet)', medium: 'Medium (70 × 36 mm, 24 a sheet)', large: 'Large (105 × 74 mm, 8 a sheet)' },
  tabs: { basic: 'Basics', history: 'History', certificates: 'Certificates' },
  saved: { title: 'Saved queries', none: 'Keep the filters of now under a name for the next time.', name: 'Name', save: 'Save' },
  form: {
    identity: 'Identity', verification: 'Verification', place: 'Where it is used', technical: 'Technical', details: 'Of this kind', files: 'Documents', files_open: 'While a filing is open its documents stay. Withdraw it first, or wait for its return.', files_hint: 'PDF, JPEG or PNG, at most 10 MB each. Kinds supervised “P+V” need the type-evaluation certificate or its number.', no_files: 'No documents', saved: 'Saved',
    kind_note: 'Supervision {supervision}, {mode}, every {period} months', needs_approval: 'Needs a type-evaluation certificate.', mode: { periodic: 'periodic verification', first_only: 'first verification only', first_only_rotation: 'first verification, replaced at the end of its term', any: 'any' },
    returned: 'The filing was returned. {reason}', save_and_submit: 'Save and submit again', not_in_catalog: 'It cannot be filed yet: the kind is not in the catalog; check the kind code.', lacks_approval: 'It cannot be filed yet: its kind is supervised “P+V” and needs the type-evaluation certificate or its number.',
    resubmits: 'This instrument is submitted and untouched: saving withdraws, saves and submits it again.', frozen_open: 'While the filing is handled only department, keeper, phone and remarks can change.', frozen_approved: 'The filing is approved: only place, department, keeper, phone, remarks and nozzles can change.', frozen_scrapped: 'A scrapped instrument cannot be changed.',
  },
  nozzle: { add: 'Add a nozzle', nozzle_no: 'Nozzle', fuel_grade: 'Fuel', flow_range: 'Flow range', min_quantity: 'Minimum quantity', board_no: 'Board number' },
  detail: { nozzles: 'Nozzles', size: 'Size', q3: 'Flow Q3', g_size: 'G size', medium: 'Gas', current: 'Current', phases: 'Phases', account_no: 'Account no.', account_name: 'Account name', first_verified_on: 'First verified', first_batch_no: 'First batch' },
  history: { filing: 'See the filing', import: 'See the import' },
  events: { created: 'Added', imported: 'Imported', changed: 'Changed', attached: 'Document added', detached: 'Document removed', suspended: 'Suspended', resumed: 'Resumed', scrapped: 'Scrapped', filing_submitted: 'Filing submitted', filing_withdrawn: 'Filing withdrawn', filing_approved: 'Filing approved', filing_returned: 'Filing returned', filing_revoked: 'Filing revoked', filing_dispatched: 'Filing dispatched to a county', filing_forwarded: 'Filing forwarded to the province', filing_declined: 'Filing sent back to the city: no capability', filing_recalled: 'Filing recalled by the city', filing_closed: 'Filing closed', booking_submitted: 'Booking submitted', booking_confirmed: 'Booking confirmed', booking_rejected: 'Booking rejected', booking_cancelled: 'Booking cancelled', booking_rescheduled: 'Booking moved', booking_received: 'Received at the desk', booking_completed: 'Verified', booking_returned: 'Returned at the desk', booking_no_show: 'Not brought', certificate_issued: 'Certificate or result notice issued', certificate_corrected: 'Certificate corrected', certificate_voided: 'Certificate voided' },
  imports: {
    about: { instruments: 'Checked first, then imported: every error at once, grouped by cause.', addresses: 'Update the places of water, electricity and gas meters.', nozzles: 'Update the nozzles of fuel dispensers.' },
    choose: 'Choose the filled-in Excel file', uploading: 'Upload', reading: 'Checking {n} rows', writing: 'Writing {n} rows', total: 'rows', valid: 'right', invalid: 'wrong', skipped: 'there already, not imported again', created: 'added', updated: 'updated',
    write: 'Import the {n} right rows', file_gone: '{n} headers are not understood and left out; choose the file again to say what they are', look: 'Show the instruments', workbook: 'Download the wrong rows', again: 'Import another file', nothing_new: 'Nothing new: every instrument of the file is in the ledger.',
    groups: '{n} rows wrong, for {causes} causes', rows_hit: 'Rows', column: 'Column', message: 'Error', suggestion: 'Suggestion', first_rows: 'In rows', all_errors: 'All errors', row: 'Row', value: 'What it says', loaded: '{n} shown, scroll for more', loaded_all: '{n} in all',
    headers: '{n} headers are not understood. What are they?', ignore: 'Ignore this column', map: 'Check again with these',
  },
  row: { about: 'The file is read in this browser and sent row by row; pause and resume as you like.', begin: 'Begin ({n} rows)', resume: 'Resume ({n} rows left)', pause: 'Pause', created: '{n} added', same: '{n} there already', refused: '{n} not imported', unreadable: '“{name}” cannot be read: please save it as .xlsx in Excel and try again.', earlier: '{n} sent earlier', goes_on: 'You may open other pages meanwhile; do not close or reload this page of the browser.', stopped: 'The import of “{name}” stopped at row {at} of {rows}. Choose the file again to go on from there.' },
  reason: 'Reason', nothing_to_clear: 'Nothing can be deleted: what is being filed, is filed or ever was, stays.',
} satisfies Same<typeof zh>
