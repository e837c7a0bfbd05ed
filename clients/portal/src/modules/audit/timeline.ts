/**
 * One time line over the audit trails of all services: each is walked by its own cursor, and the newest line that any of
 * them still has comes next.
 */
export const SERVICES = ['identity', 'registry', 'filing', 'booking', 'notification'] as const
export type Service = (typeof SERVICES)[number]

export interface Change {
  of: string
  field: string
  before: unknown
  after: unknown
  count: number
  id?: string
}

export interface Detail {
  reason?: string
  /** What the records are called, the first few. */
  about?: string[]
  done?: number
  refused?: number
  count?: number
  code?: string
  refusal?: { zh: string; en: string }
  refusals?: { id: string; code: string; detail: string }[]
  changes?: Change[]
  ids?: string[]
  [more: string]: unknown
}

export interface Line {
  id: number
  at: string
  actor_kind: string
  actor_name: string
  action: string
  subject: string
  outcome: string
  detail?: Detail
  address?: string
  request_id?: string
}
export type Dated = Line & { service: Service }
export type Step = (service: Service, cursor: string) => Promise<{ items: Line[]; next_cursor?: string | null }>

interface Trail {
  service: Service
  waiting: Line[]
  cursor: string | null
}

export function timeline(services: readonly Service[], step: Step) {
  const trails: Trail[] = services.map((service) => ({ service, waiting: [], cursor: '' }))

  async function fill(trail: Trail): Promise<void> {
    if (trail.waiting.length || trail.cursor === null) return
    const page = await step(trail.service, trail.cursor)
    trail.waiting = page.items
    trail.cursor = page.next_cursor ?? null
  }

  return {
    /** The next n lines, newest first; fewer at the end. */
    async next(n: number): Promise<Dated[]> {
      const found: Dated[] = []
      while (found.length < n) {
        await Promise.all(trails.map(fill))
        const newest = trails
          .filter((trail) => trail.waiting.length)
          .reduce<Trail | null>(
            (best, one) => (best && Date.parse(best.waiting[0]!.at) >= Date.parse(one.waiting[0]!.at) ? best : one),
            null,
          )
        if (!newest) break
        found.push({ ...newest.waiting.shift()!, service: newest.service })
      }
      return found
    },
    get over(): boolean {
      return trails.every((trail) => !trail.waiting.length && trail.cursor === null)
    },
  }
}
