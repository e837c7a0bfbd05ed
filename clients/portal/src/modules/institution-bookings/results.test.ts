import { expect, it } from 'vitest'
import { linesOf, resultsOf, unitsOf, verdicts } from './results'

const item = (id: string, state: string, units: string[], results: object[] = []) => ({
  instrument_id: id,
  state,
  results,
  instrument: { name: '加油机', serial_no: id, units },
})
const booking = {
  items: [
    item('a', 'received', []),
    item('b', 'received', ['1', '2'], [{ unit: '2', conclusion: 'fail' }]),
    item('c', 'returned', []),
  ],
} as never

it('has a row for each unit of what was received', () => {
  expect(unitsOf(booking).map((one) => [one.key, one.result?.conclusion])).toEqual([
    ['a ', undefined],
    ['b 1', undefined],
    ['b 2', 'fail'],
  ])
})

it('sends the same values for each, and nothing empty', () => {
  const values = { conclusion: 'pass', valid_until: '', fail_items: '示值误差', checker: 'city-checker' }
  expect(resultsOf(unitsOf(booking), values)).toEqual([
    { instrument_id: 'a', conclusion: 'pass', checker: 'city-checker' },
    { instrument_id: 'b', unit: '1', conclusion: 'pass', checker: 'city-checker' },
    { instrument_id: 'b', unit: '2', conclusion: 'pass', checker: 'city-checker' },
  ])
  expect(resultsOf(unitsOf(booking), { ...values, conclusion: 'fail' })[0].fail_items).toBe('示值误差')
})

it('shows the checker what failed first, then what is missing', () => {
  const lines = linesOf({
    items: [item('a', 'verified', [], [{ unit: '', conclusion: 'pass' }]), ...(booking as { items: [] }).items],
  } as never)
  expect(lines.map((line) => `${line.serial_no}${line.unit} ${line.result?.conclusion ?? '-'}`)).toEqual([
    'b2 fail',
    'a -',
    'b1 -',
    'a pass',
  ])
  expect(verdicts(lines)).toEqual({ pass: 1, fail: 1 })
})

it('sends no validity with a fail', () =>
  expect(resultsOf(unitsOf(booking), { conclusion: 'fail', valid_until: '2027-01-01', fail_items: 'x' })[0]).toEqual({
    instrument_id: 'a',
    conclusion: 'fail',
    fail_items: 'x',
  }))
