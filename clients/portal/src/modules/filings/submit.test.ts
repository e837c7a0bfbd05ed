// @vitest-environment jsdom
import { describe, expect, it } from 'vitest'
import { holds } from '@/parts/reference'
import { proposedFor } from './submit'

const all = [
  { id: 'province', tier: 'province', division_code: '440000' },
  { id: 'guangzhou', tier: 'city', division_code: '440100' },
  { id: 'tianhe', tier: 'county', division_code: '440106' },
  { id: 'dongguan', tier: 'city', division_code: '441900' },
]

describe('the institution that is proposed', () => {
  it.each([
    ['440106', 'guangzhou'],
    ['440100', 'guangzhou'],
    ['441900', 'dongguan'],
    ['441900003', 'dongguan'],
    ['450100', ''],
    ['', ''],
    [null, ''],
  ])('for %s is %s', (division, id) => expect(proposedFor(division, all)).toBe(id))

  it('is never one of another city whose code begins alike', () => {
    expect(holds('440100', '441900')).toBe(false)
    expect(holds('440000', '441900')).toBe(true)
  })
})
