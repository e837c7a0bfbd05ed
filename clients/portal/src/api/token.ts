/**
 * The access token: kept in memory only. It is renewed in one place, and every call that needs it meanwhile waits for
 * the same renewal. The refresh token is a cookie that no script can read.
 */
import type { components } from './generated/identity'

export type SignedIn = components['schemas']['SignedIn']

let access = ''
let holder = '' // id of the account whose token it is
let goodUntil = 0
let renewal: Promise<boolean> | null = null
let onLost: () => Promise<boolean> = async () => false

/** The token for the next call, or '' when nobody is signed in. */
export const currentToken = () => access

/** True when the token ends within half a minute. */
export const isStale = () => access !== '' && Date.now() > goodUntil - 30_000

export function keep(answer: SignedIn): void {
  access = answer.access_token
  holder = answer.account.id
  goodUntil = Date.now() + answer.expires_in * 1000
}

export function forget(): void {
  access = ''
  holder = ''
  goodUntil = 0
}

/** What to do when the session has ended on the server: asks the user to sign in again; true when they did. */
export function whenLost(ask: () => Promise<boolean>): void {
  onLost = ask
}

/** A new token by the cookie. null: the session has ended. Throws when the network or identity fails. */
export async function refresh(): Promise<SignedIn | null> {
  return alone(async () => {
    const response = await fetch('/api/identity/sessions/refresh', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Client': 'portal' },
      body: '{}',
      keepalive: true, // a page that is left while this is under way must still take the cookie: the old one is used up
    })
    if (response.ok) {
      const answer = (await response.json()) as SignedIn
      if (holder && answer.account.id !== holder) {
        // The cookie is somebody else's by now (another tab): what is on this page must not be sent in that name.
        forget()
        window.location.assign('/')
        return null
      }
      keep(answer)
      return answer
    }
    if (response.status >= 500 || response.status === 429) throw new TypeError(`refresh: ${response.status}`)
    forget()
    return null
  })
}

/** Renew the token for a call that was refused; true when the call can be sent again. */
export function renew(): Promise<boolean> {
  renewal ??= refresh()
    .then((answer) => answer !== null || onLost())
    .finally(() => (renewal = null))
  return renewal
}

/** A refresh token may be used once: two tabs that refresh at the same moment would end the session. */
function alone<T>(work: () => Promise<T>): Promise<T> {
  return navigator.locks ? (navigator.locks.request('qj-refresh', work) as Promise<T>) : work()
}
