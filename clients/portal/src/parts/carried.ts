/**
 * Passes a selection to another page: a frozen list of ids of any length. The tab keeps it until that page has taken it, so
 * that a reload in between loses nothing.
 */
const KEY = 'qj-carried'

export interface Carried {
  /** Path of the target page. */
  to: string
  account: string
  ids: string[]
}

export function carry(carried: Carried): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(carried))
  } catch {
    // the browser forbids storage: the page opens without a selection and shows that
  }
}

/** Returns the ids sent to this page for this account, once. */
export function carriedTo(to: string, account: string): string[] {
  try {
    const carried = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Carried | null
    if (carried?.to !== to || carried.account !== account) return []
    sessionStorage.removeItem(KEY)
    return carried.ids
  } catch {
    return []
  }
}
