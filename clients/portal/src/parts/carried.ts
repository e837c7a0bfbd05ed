/**
 * A selection on its way to another page: a frozen list of ids, however long. It is kept for this tab until that page has
 * taken it, so that a reload on the way loses nothing.
 */
const KEY = 'qj-carried'

export interface Carried {
  /** Path of the page that is meant. */
  to: string
  account: string
  ids: string[]
}

export function carry(carried: Carried): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(carried))
  } catch {
    // forbidden by the browser: the page opens without a selection, which it shows
  }
}

/** The ids that were sent to this page for this account; once. */
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
