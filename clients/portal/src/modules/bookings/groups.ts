/** One booking is one institution and one mode, of at most 500 instruments: a mixed selection is split so. */
import type { components } from '@/api/generated/booking'

export type Bookable = components['schemas']['BookableView']
export type Mode = 'deliver' | 'onsite'
export interface Moment {
  date: string
  period: 'am' | 'pm'
}

export interface Group {
  institution_id: string
  institution_name: string
  mode: Mode
  rows: Bookable[]
}

const MOST = 500 // instruments of one booking

/** either: the mode of those that allow both. */
export function groupsOf(rows: readonly Bookable[], either: Mode): Group[] {
  const groups = new Map<string, Group>()
  for (const row of rows) {
    const mode = (row.venue || either) as Mode
    const key = `${row.institution_id} ${mode}`
    const group = groups.get(key) ?? {
      institution_id: row.institution_id ?? '',
      institution_name: row.institution_name ?? '',
      mode,
      rows: [],
    }
    group.rows.push(row)
    groups.set(key, group)
  }
  return [...groups.values()].flatMap(parts)
}

function parts(group: Group): Group[] {
  const found: Group[] = []
  for (let at = 0; at < group.rows.length; at += MOST) found.push({ ...group, rows: group.rows.slice(at, at + MOST) })
  return found
}
