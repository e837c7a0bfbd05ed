/** A timestamp as people here write it: 2026/11/24 16:05. The zone is the platform's, Asia/Shanghai. */
export function when(text: string | null | undefined): string {
  if (!text) return ''
  return new Date(text).toLocaleString('zh-CN', { timeZone: 'Asia/Shanghai', hour12: false, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' })
}
