// @vitest-environment jsdom
import { expect, test } from 'vitest'
import { carriedTo, carry } from './carried'

test('a selection reaches the page and the account that it was sent to, whole and once', () => {
  const ids = Array.from({ length: 5000 }, (_, n) => `id-${n}`)
  carry({ to: '/bookings/book', account: 'me', ids })
  expect(carriedTo('/certificates', 'me')).toEqual([])
  expect(carriedTo('/bookings/book', 'another')).toEqual([])
  expect(carriedTo('/bookings/book', 'me')).toEqual(ids)
  expect(carriedTo('/bookings/book', 'me')).toEqual([])
})
