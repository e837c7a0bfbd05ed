/**
 * The access token, kept only in memory. One function renews it, and calls that need it meanwhile wait for the same
 * renewal. The refresh token is a cookie that no script can read.
 */
import type { components } from './generated/identity'

export type SignedIn = components['schemas']['SignedIn']

let access = ''
let holder = '' // id of the token's account
let goodUntil = 0
let renewal: Promise<boolean> | null = null
let onLost: () => Promise<boolean> = async () => false

/** Returns the token for the next call, or '' if nobody is signed in. */
export const currentToken = () => access

/** True if the token expires within half a minute. */
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

/** Called if the session has ended on the server. It asks the user to sign in again; true if they did. */
export function whenLost(ask: () => Promise<boolean>): void {
  onLost = ask
}

/** Fetches a new token by the cookie. null: the session has ended. Throws if the network or identity fails. */
export async function refresh(): Promise<SignedIn | null> {
  return alone(async () => {
    const response = await fetch('/api/identity/sessions/refresh', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Client': 'portal' },
      body: '{}',
      keepalive: true, // if the page is closed meanwhile, the browser must still store the new cookie: the old one is used up
    })
    if (response.ok) {
      const answer = (await response.json()) as SignedIn
      if (holder && answer.account.id !== holder) {
        // Another tab has signed in another account: this page must not send its requests in that name.
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

/** Renews the token after a call was refused. True if the call can be sent again. */
export function renew(): Promise<boolean> {
  renewal ??= refresh()
    .then((answer) => answer !== null || onLost())
    .finally(() => (renewal = null))
  return renewal
}

/** A refresh token works once, so only one tab may refresh at a time: two at once could end the session. */
function alone<T>(work: () => Promise<T>): Promise<T> {
  return navigator.locks ? (navigator.locks.request('qj-refresh', work) as Promise<T>) : work()
}
