// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { send } from './send'
import { forget, keep, type SignedIn, whenLost } from './token'

const REFRESH = '/api/identity/sessions/refresh'
const signedIn = (id: string, token: string) => ({ access_token: token, expires_in: 900, account: { id } }) as SignedIn
const answer = (status: number, body: unknown = {}) => new Response(JSON.stringify(body), { status })

/** The requests sent, and the queued answers of each path. */
let sent: Request[]
let answers: Record<string, (() => Response | Promise<Response>)[]>

beforeEach(() => {
  sent = []
  answers = {}
  vi.stubGlobal('fetch', async (asked: Request | string, init?: RequestInit) => {
    const request = asked instanceof Request ? asked : new Request(new URL(asked, 'http://portal.test'), init)
    sent.push(request)
    return answers[new URL(request.url).pathname].shift()!()
  })
  keep(signedIn('me', 'old'))
  whenLost(async () => false)
})
afterEach(() => {
  forget()
  vi.unstubAllGlobals()
})
const write = (body = '{"n":1}') => send(new Request('http://portal.test/api/x', { method: 'POST', body }))
const keyOf = (request: Request) => request.headers.get('Idempotency-Key')

test.each([
  ['a service that is busy', () => answer(503)],
  ['a network that fails', () => Promise.reject(new TypeError('failed'))],
  ['a first try that is still at work', () => answer(409, { code: 'in_progress' })],
])('%s is asked again with the same key and body', async (_, first) => {
  answers['/api/x'] = [first, () => answer(201)]
  expect((await write()).status).toBe(201)
  expect(sent).toHaveLength(2)
  expect(keyOf(sent[0])).toBeTruthy()
  expect(keyOf(sent[1])).toBe(keyOf(sent[0]))
  expect(await sent[1].text()).toBe('{"n":1}')
})

test('another conflict is no reason to try again', async () => {
  answers['/api/x'] = [() => answer(409, { code: 'filing_open' })]
  const response = await write()
  expect([response.status, await response.json()]).toEqual([409, { code: 'filing_open' }])
})

test('calls that are refused at once wait for one renewal, and go on with its token', async () => {
  answers['/api/x'] = [() => answer(401), () => answer(401), () => answer(201), () => answer(201)]
  answers[REFRESH] = [() => answer(200, signedIn('me', 'new'))]
  expect((await Promise.all([write(), write()])).map((one) => one.status)).toEqual([201, 201])
  expect(sent.filter((one) => one.url.endsWith(REFRESH))).toHaveLength(1)
  expect(sent.slice(-2).map((one) => one.headers.get('Authorization'))).toEqual(['Bearer new', 'Bearer new'])
})

test('what was pressed by one person is never sent in the name of another', async () => {
  const assign = vi.fn()
  vi.stubGlobal('location', { ...window.location, origin: 'http://portal.test', assign })
  answers['/api/x'] = [() => answer(401), () => answer(201)]
  answers[REFRESH] = [() => answer(200, signedIn('somebody else', 'theirs'))]
  expect((await write()).status).toBe(401)
  expect(sent.filter((one) => one.url.endsWith('/api/x'))).toHaveLength(1)
  expect(assign).toHaveBeenCalledWith('/')
})
