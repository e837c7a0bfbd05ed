/**
 * Formats every time on the screen, in the platform's zone Asia/Shanghai, whatever the browser's zone. No other file of the
 * portal may format a time (time.test.ts checks it).
 */
const ZONE = { timeZone: 'Asia/Shanghai', hourCycle: 'h23' } as const
const SHORT = { month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' } as const
const MOMENT = new Intl.DateTimeFormat('zh-CN', { ...ZONE, year: 'numeric', ...SHORT })
const RECENT = new Intl.DateTimeFormat('zh-CN', { ...ZONE, ...SHORT })
const DAY = new Intl.DateTimeFormat('sv-SE', { ...ZONE, year: 'numeric', month: '2-digit', day: '2-digit' })

const written = (format: Intl.DateTimeFormat, text: string | null | undefined) =>
  text ? format.format(new Date(text)) : ''

/** A timestamp in Chinese style: 2026/11/24 16:05. */
export const when = (text: string | null | undefined): string => written(MOMENT, text)

/** A recent timestamp: 11/24 16:05. */
export const lately = (text: string | null | undefined): string => written(RECENT, text)

/** The day of a moment, 2026-12-01. */
export const dayOf = (moment: string | Date): string => DAY.format(new Date(moment))
export const today = (): string => dayOf(new Date())

/** Days from one day to another; negative if the other is earlier. */
export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)

export const plusDays = (day: string, n: number): string =>
  new Date(Date.parse(day) + n * 86_400_000).toISOString().slice(0, 10)
