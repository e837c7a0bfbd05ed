// @vitest-environment jsdom
import { describe, expect, it } from 'vitest'
import { columns } from './columns'

describe('the columns of a list of instruments', () => {
  it('can each be filtered and sorted by', () => {
    const without = columns('all').filter((column) => !column.filter || !column.sort)
    expect(without.map((column) => column.key)).toEqual([])
  })

  it('say nothing of a filter by view where the menu is one view', () => {
    const view = columns('due').find((column) => column.key === 'view')
    expect([view?.filter, view?.sort]).toEqual([undefined, undefined])
  })

  it('offer every view that a row may have', () => {
    const view = columns('all').find((column) => column.key === 'view')
    expect(view?.filter?.options?.().map((option) => option.value)).toContain('none')
  })
})
