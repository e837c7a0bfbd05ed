// @vitest-environment jsdom
import { readFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { setLanguage, t } from '@/words'
import { referenceOf, valueOf, whatOf } from './history'

vi.mock('@/parts/reference', () => ({ divisionName: () => '天河区', kindName: () => '衡器' }))

const topology = JSON.parse(readFileSync('../../contracts/events/topology.json', 'utf8')) as Record<string, string[]>
const OWN = [
  'created',
  'imported',
  'changed',
  'attached',
  'suspended',
  'resumed',
  'scrapped',
  'certificate.issued',
  'certificate.corrected',
  'certificate.voided',
]
const kinds = [...topology.registry.filter((type) => /^(filing|booking)\./.test(type)), ...OWN]

test.each(['zh-CN', 'en'] as const)('every event that can stand in a history has words: %s', async (locale) => {
  await setLanguage(locale)
  const said = kinds.map(whatOf)
  expect(said.filter((words) => words.includes('.') || words === 'attached')).toEqual([])
  expect(new Set(said).size).toBe(kinds.length)
  if (locale === 'zh-CN') expect(said.filter((words) => /[a-z]/.test(words))).toEqual([])
  await setLanguage('zh-CN')
})

test('a number leads to what it is of, for who has a page for it', () => {
  const of = (kind: string, reference: string, who: string) => referenceOf({ kind, reference }, { kind: who } as never)
  expect(of('filing.approved', 'u-u-i-d', 'applicant')).toEqual({ text: '查看备案', to: '/filings/u-u-i-d' })
  expect(of('filing.approved', 'u-u-i-d', 'admin')).toBeNull()
  expect(of('booking.confirmed', 'YY1', 'institution')).toEqual({ text: 'YY1', to: '/desk/bookings/history?q=YY1' })
  expect(of('booking.confirmed', 'YY1', 'supervisor')).toEqual({ text: 'YY1', to: undefined })
  expect(of('certificate.issued', '440100-2026-1', 'supervisor')?.to).toBe('/certificates?number=440100-2026-1')
  expect(of('imported', 'u-u-i-d', 'applicant')?.to).toBe('/instruments/import?job=u-u-i-d')
  expect(of('attached', '铭牌.png', 'applicant')).toEqual({ text: '铭牌.png' })
})

test('values are said as the form says them', () => {
  expect(valueOf('purpose', 'trade')).toBe('贸易结算')
  expect(valueOf('division_code', '440106')).toBe('天河区（440106）')
  expect(valueOf('details.nozzles', [{ nozzle_no: '1', fuel_grade: '92#' }])).toBe('枪号 1 油品 92#')
  expect(valueOf('keeper', '')).toBe('—')
})

test('every move of a filing and of a booking has words', () => {
  const moves = ['filings.moves.approve', 'filings.moves.submit', 'bookings.moves.request', 'bookings.moves.no_show']
  expect(moves.map((key) => t(key))).toEqual(['通过', '提交', '提交预约', '登记未到检'])
})
