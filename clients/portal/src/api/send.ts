/** Every request of the portal goes through `send`. It adds the language, the token and a key per write, and retries if that is safe. */
import { Problem } from './problem'
import { currentToken, isStale, renew } from './token'

const WAITS = [400, 1200, 3000] // ms; after a lost connection or a busy service
let language = 'zh-CN'

/** The language of the services' answers. */
export function speak(locale: string): void {
  language = locale
}

export const spoken = () => language

export async function send(request: Request): Promise<Response> {
  const signsIn = /\/sessions(\/refresh)?$/.test(new URL(request.url).pathname) && request.method === 'POST'
  const headers = new Headers(request.headers)
  headers.set('Accept-Language', language)
  headers.set('X-Client', 'portal')
  // The key makes a write safe to repeat: the service returns its first answer again.
  if (request.method !== 'GET' && currentToken() && !headers.has('Idempotency-Key')) {
    headers.set('Idempotency-Key', newKey())
  }
  if (isStale() && !signsIn) await renew()
  const ready = new Request(request, { headers })
  const response = await trying(ready)
  if (response.status === 401 && currentToken() && !signsIn && (await renew())) return trying(ready)
  return response
}

async function trying(request: Request): Promise<Response> {
  if (currentToken()) request.headers.set('Authorization', `Bearer ${currentToken()}`)
  const repeatable = request.method === 'GET' || request.headers.has('Idempotency-Key')
  for (let tries = 0; ; tries++) {
    try {
      const response = await fetch(request.clone())
      if (!repeatable || tries >= WAITS.length || !(await isPassing(response))) return response
    } catch (error) {
      if (request.signal.aborted) throw error
      if (!repeatable || tries >= WAITS.length) throw new Problem(0, 'network', '')
    }
    await new Promise((resolve) => setTimeout(resolve, WAITS[tries]))
  }
}

/** The service is busy, or the first try of the same write is still running. */
async function isPassing(response: Response): Promise<boolean> {
  if (response.status === 503) return true
  if (response.status !== 409) return false
  const body = (await response
    .clone()
    .json()
    .catch(() => null)) as { code?: string } | null
  return body?.code === 'in_progress'
}

/** randomUUID exists only on https and localhost; the portal may also run on a plain http address. */
export function newKey(): string {
  if (crypto.randomUUID) return crypto.randomUUID()
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
