/** Moments and days as people here read them: always Asia/Shanghai, wherever the browser stands. */
const FORMAT = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' })

/** 2026-12-01 09:30; '' for none. */
export const dayTime = (moment: string | null | undefined): string => (moment ? FORMAT.format(new Date(moment)) : '')

/** The day of a moment, 2026-12-01. */
export const dayOf = (moment: string | Date): string => FORMAT.format(new Date(moment)).slice(0, 10)
export const today = (): string => dayOf(new Date())

/** Days from one day to another; negative when the other is earlier. */
export const daysBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)

export const plusDays = (day: string, n: number): string => new Date(Date.parse(day) + n * 86_400_000).toISOString().slice(0, 10)
