export const TABLES = ['divisions', 'institutions', 'bureaus', 'capabilities'] as const
export type Table = (typeof TABLES)[number]
