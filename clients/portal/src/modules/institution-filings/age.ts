/** How near a filing is to the day on which it must be decided: from 70 % of its time on it is soon, after the day past. */
import { dayOf, daysBetween } from '@/parts/time'

export interface Age {
  level: 'fine' | 'soon' | 'past'
  /** Days left; of one that is past, days since. */
  days: number
}

const SOON = 0.7

export function ageOf(submittedAt: string, dueOn: string, today: string): Age {
  const begun = dayOf(submittedAt)
  const left = daysBetween(today, dueOn)
  if (left < 0) return { level: 'past', days: -left }
  const span = Math.max(1, daysBetween(begun, dueOn))
  return { level: daysBetween(begun, today) / span >= SOON ? 'soon' : 'fine', days: left }
}
