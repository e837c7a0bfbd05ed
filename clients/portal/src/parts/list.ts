/** What a list page is made of: columns, a query that stands in the address, and a selection. */

export interface ListQuery {
  page: number
  page_size: number
  sort?: string
  [field: string]: string | number | undefined
}

export interface ListPage<T> {
  items: T[]
  total?: number
  /** The total is at least that: a search ends counting early. */
  total_at_least?: boolean
}

export interface Option {
  value: string
  label: string
}

export interface Filter {
  /** text: contains; exact: equals; dates, numbers: two fields, _from and _to. */
  kind: 'text' | 'exact' | 'choice' | 'dates' | 'numbers' | 'division'
  /** Field of the query, when it is not the column's own. */
  field?: string
  options?: () => Option[]
}

export interface Column<T> {
  key: string
  label: string
  /** Text of the cell; a slot `cell-<key>` may draw it instead. Default: the row's member of that name. */
  text?: (row: T) => string | number | null | undefined
  width?: number
  minWidth?: number
  /** Sortable by this field of the service. */
  sort?: string
  filter?: Filter
  /** Not among the columns shown at first. */
  hidden?: boolean
  align?: 'left' | 'right' | 'center'
}

/** A frozen list of ids, or the query as it stands with the count that the user saw. */
export type Selection = { ids: string[] } | { filter: Record<string, string>; expect: number } | { all: true; expect?: number }

/** What a page may ask of its RecordTable. */
export interface TableHandle<T> {
  reload(): Promise<void>
  clear(): void
  /** id → how the record is called, of all rows seen and picked. */
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

/** All rows of a list, page by page: for what has no command over a selection. */
export async function everything<T>(load: (query: ListQuery) => Promise<ListPage<T>>, filter: Record<string, string> = {}): Promise<T[]> {
  const rows: T[] = []
  for (let page = 1; ; page++) {
    const found = await load({ ...filter, page, page_size: 100 })
    rows.push(...found.items)
    if (!found.items.length || rows.length >= (found.total ?? 0)) return rows
  }
}

/** Fields of the query that are filters: everything but paging and sorting. */
export function filtersOf(query: Record<string, unknown>): Record<string, string> {
  const paging = new Set(['page', 'page_size', 'sort'])
  return Object.fromEntries(
    Object.entries(query).filter(([key, value]) => !paging.has(key) && value !== undefined && value !== '' && value !== null),
  ) as Record<string, string>
}

/** The query of an address; what is no number, or out of bounds, is the default. */
export function queryOf(address: Record<string, unknown>, pageSize: number): ListQuery {
  const page = Number(address.page)
  const size = Number(address.page_size)
  const query: ListQuery = {
    page: Number.isInteger(page) && page > 0 ? page : 1,
    page_size: PAGE_SIZES.includes(size) ? size : pageSize,
  }
  if (typeof address.sort === 'string' && address.sort) query.sort = address.sort
  return { ...query, ...filtersOf(Object.fromEntries(Object.entries(address).filter(([, value]) => typeof value === 'string'))) }
}
