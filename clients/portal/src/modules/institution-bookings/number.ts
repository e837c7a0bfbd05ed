/** A booking number as people and scanners write it (small letters, spaces, hyphens), as the service keeps it. */
export const normalized = (text: string): string => text.toUpperCase().replace(/[\s-]/g, '')
