/** Parts of a list page: columns, a query in the address, and a selection. */

export interface ListQuery {
  page: number
  page_size: number
  sort?: string
  [field: string]: string | number | undefined
}

export interface ListPage<T> {
  items: T[]
  total?: number
  /** The total is a minimum, because a search stops counting early. */
  total_at_least?: boolean
}

export interface Option {
  value: string
  label: string
}

export interface Filter {
  /** text: contains; exact: equals; dates, numbers: two fields, _from and _to. */
  kind: 'text' | 'exact' | 'choice' | 'dates' | 'numbers' | 'division'
  /** Field of the query, if it differs from the column's key. */
  field?: string
  options?: () => Option[]
}

export interface Column<T> {
  key: string
  label: string
  /** Text of the cell, unless a slot `cell-<key>` draws it. Default: the row's member of that name. */
  text?: (row: T) => string | number | null | undefined
  width?: number
  minWidth?: number
  /** Sortable by this field of the service. */
  sort?: string
  filter?: Filter
  /** Hidden by default. */
  hidden?: boolean
  align?: 'left' | 'right' | 'center'
}

/** Filters as the address has them: texts, whatever the service's field is. The names of a body stay checked. */
export type Filters = Record<string, any>

/** A frozen list of ids, or the current query with the count that the user saw. */
export type Selection = { ids: string[] } | { filter: Filters; expect: number } | { all: true; expect?: number }

/** Methods of a RecordTable for its page. */
export interface TableHandle<T> {
  reload(): Promise<void>
  clear(): void
  pickRows(rows: readonly T[]): void
  /** id → name of the record, for all rows seen and selected. */
  names(text: (row: T) => string): Map<string, string>
  selection: Selection
  queryAll: Selection
  count: number
  total: number
  filters: Record<string, string>
  query: ListQuery
  shownKeys: string[]
}

export const PAGE_SIZES = [15, 30, 50, 100]

const AT_A_TIME = 6 // parallel requests, as many as a browser sends to one server
const MOST = 100 // rows of a page, and ids of a request

/** Returns the results of `ask` for each part, in order; a few run at a time. */
async function each<P, T>(parts: readonly P[], ask: (part: P) => Promise<T[]>): Promise<T[]> {
  const found: T[][] = []
  for (let at = 0; at < parts.length; at += AT_A_TIME)
    found.push(...(await Promise.all(parts.slice(at, at + AT_A_TIME).map(ask))))
  return found.flat()
}

/** Returns all rows of a list, for actions that have no command over a selection. */
export async function everything<T>(
  load: (query: ListQuery) => Promise<ListPage<T>>,
  filter: Record<string, string> = {},
): Promise<T[]> {
  const first = await load({ ...filter, page: 1, page_size: MOST })
  const pages = Math.ceil((first.total ?? 0) / MOST)
  const rest = await each(
    Array.from({ length: Math.max(0, pages - 1) }, (_, n) => n + 2),
    async (page) => (await load({ ...filter, page, page_size: MOST })).items,
  )
  return [...first.items, ...rest]
}

/** Returns the rows of these ids, by requests with at most a hundred ids each. */
export function rowsOfIds<T>(ids: readonly string[], ask: (ids: string[]) => Promise<T[]>): Promise<T[]> {
  return each(
    Array.from({ length: Math.ceil(ids.length / MOST) }, (_, n) => ids.slice(n * MOST, (n + 1) * MOST)),
    ask,
  )
}

/** Returns the filters of the query: all fields except paging and sorting. */
export function filtersOf(query: Record<string, unknown>): Record<string, string> {
  const paging = new Set(['page', 'page_size', 'sort'])
  return Object.fromEntries(
    Object.entries(query).filter(
      ([key, value]) => !paging.has(key) && value !== undefined && value !== '' && value !== null,
    ),
  ) as Record<string, string>
}

/** Reads the query of an address. An invalid number becomes the default. */
export function queryOf(address: Record<string, unknown>, pageSize: number): ListQuery {
  const page = Number(address.page)
  const size = Number(address.page_size)
  const query: ListQuery = {
    page: Number.isInteger(page) && page > 0 ? page : 1,
    page_size: PAGE_SIZES.includes(size) ? size : pageSize,
  }
  if (typeof address.sort === 'string' && address.sort) query.sort = address.sort
  return {
    ...query,
    ...filtersOf(Object.fromEntries(Object.entries(address).filter(([, value]) => typeof value === 'string'))),
  }
}
