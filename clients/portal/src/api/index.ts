/** The five services, typed by their OpenAPI snapshots, and `ask`, which returns the answer or throws a Problem. */
import createClient from 'openapi-fetch'
import type { paths as Booking } from './generated/booking'
import type { paths as Filing } from './generated/filing'
import type { paths as Identity } from './generated/identity'
import type { paths as Notification } from './generated/notification'
import type { paths as Registry } from './generated/registry'
import { Problem, problemOf } from './problem'
import { send, spoken } from './send'
import { currentToken, isStale, renew } from './token'

export { Problem }

const options = { baseUrl: window.location.origin, fetch: send }
export const identity = createClient<Identity>(options)
export const registry = createClient<Registry>(options)
export const filing = createClient<Filing>(options)
export const booking = createClient<Booking>(options)
export const notification = createClient<Notification>(options)

type Answer<T> = { data?: T; error?: unknown; response: Response }

/** Returns the body of a success. Otherwise throws Problem. */
export async function ask<T>(call: Promise<Answer<T>>): Promise<T> {
  return (await askWhole(call)).data
}

/** Returns the body and the response, for callers that need its status, ETag or Location. */
export async function askWhole<T>(call: Promise<Answer<T>>): Promise<{ data: T; response: Response }> {
  const { data, error, response } = await call
  if (!response.ok) throw problemOf(response, error)
  return { data: data as T, response }
}

/** Fetches a file with the token. Returns its bytes, its type and the name from the service. */
export async function fetchFile(path: string, init?: RequestInit): Promise<{ blob: Blob; name: string }> {
  const response = await send(new Request(new URL(path, window.location.origin), init))
  if (!response.ok) throw problemOf(response, await response.json().catch(() => null))
  return { blob: await response.blob(), name: nameIn(response.headers.get('Content-Disposition') ?? '') }
}

/** Fetches a file and lets the browser save it. */
export async function download(path: string, name?: string, init?: RequestInit): Promise<void> {
  const file = await fetchFile(path, init)
  save(file.blob, name ?? (file.name || path.split('/').pop() || 'file'))
}

function save(blob: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

/** A command that answers with a file (200), which is saved, or with a job that makes it (202). n: number of records in it. */
export async function fileOrJob(call: Promise<Answer<unknown>>, n: number): Promise<Answer<unknown>> {
  const answer = await call // called with parseAs: 'stream', so that the body is not read yet
  if (answer.response.status === 202) return { data: await answer.response.json(), response: answer.response }
  if (!answer.response.ok) return answer
  save(await answer.response.blob(), nameIn(answer.response.headers.get('Content-Disposition') ?? '') || 'file')
  return { data: { done: n, failed: [] }, response: answer.response }
}

/** Returns the file name of a Content-Disposition (RFC 6266), preferring the extended form. */
export function nameIn(disposition: string): string {
  const extended = /filename\*=UTF-8''([^;]+)/i.exec(disposition)
  if (extended) return decodeURIComponent(extended[1])
  return /filename="?([^";]+)"?/i.exec(disposition)?.[1] ?? ''
}

/**
 * Uploads one file with progress. fetch reports no upload progress, so only this uses XMLHttpRequest.
 * progress: called with the share sent, 0 to 1.
 */
export async function upload<T>(
  path: string,
  fields: Record<string, string | Blob>,
  progress?: (share: number) => void,
): Promise<T> {
  if (isStale()) await renew()
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  const once = () =>
    new Promise<XMLHttpRequest>((resolve, reject) => {
      const request = new XMLHttpRequest()
      request.open('POST', path)
      request.setRequestHeader('Accept-Language', spoken())
      request.setRequestHeader('X-Client', 'portal')
      if (currentToken()) request.setRequestHeader('Authorization', `Bearer ${currentToken()}`)
      request.upload.onprogress = (event) => event.lengthComputable && progress?.(event.loaded / event.total)
      request.onload = () => resolve(request)
      request.onerror = () => reject(new Problem(0, 'network', ''))
      request.send(form)
    })
  let request = await once()
  if (request.status === 401 && currentToken() && (await renew())) request = await once()
  const body: unknown = JSON.parse(request.responseText || 'null')
  if (request.status >= 200 && request.status < 300) return body as T
  throw problemOf(new Response(null, { status: Math.max(request.status, 400), headers: headersOf(request) }), body)
}

function headersOf(request: XMLHttpRequest): Headers {
  const headers = new Headers()
  for (const name of ['Retry-After', 'X-Request-Id']) {
    const value = request.getResponseHeader(name)
    if (value) headers.set(name, value)
  }
  return headers
}
