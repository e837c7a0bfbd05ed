/** A timestamp as people here write it: 2026/11/24 16:05. The zone is the platform's, Asia/Shanghai. */
export function when(text: string | null | undefined): string {
  if (!text) return ''
  return new Date(text).toLocaleString('zh-CN', { timeZone: 'Asia/Shanghai', hour12: false, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' })
}

/** Days as the platform counts them: in Asia/Shanghai, wherever the browser stands. */
const FORMAT = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', year: 'numeric', month: '2-digit', day: '2-digit' })

/** The day of a moment, 2026-12-01. */
export const dayOf = (moment: string | Date): string => FORMAT.format(new Date(moment))
export const today = (): string => dayOf(new Date())

/** Days from one day to another; negative when the other is earlier. */
export const daysBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)

export const plusDays = (day: string, n: number): string => new Date(Date.parse(day) + n * 86_400_000).toISOString().slice(0, 10)
