/** Formats a whole number with thousands separators: 12,345. */
const FORMAT = new Intl.NumberFormat('zh-CN')

export const grouped = (n: number): string => FORMAT.format(n)
