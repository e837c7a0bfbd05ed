// @vitest-environment jsdom
/** Every link of a message (contracts/message-links.json) opens a page that its recipient may see. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Account } from '@/session/store'
import { admits } from './module'
import { router } from './router'

const links = JSON.parse(readFileSync('../../contracts/message-links.json', 'utf-8')) as {
  link: string
  for: string[]
}[]

test.each(links.map((one) => [one.link, one.for] as const))('%s', (link, audience) => {
  const found = router.resolve(link.replace(':id', '01920000-0000-7000-8000-000000000004'))
  expect(found.meta.title).not.toBe('frame.not_found')
  for (const who of audience) {
    const account = { kind: who === 'filing_clerk' ? 'institution' : who, roles: [who] } as unknown as Account
    expect(found.meta.for && admits(found.meta.for, account)).toBe(true)
  }
})
