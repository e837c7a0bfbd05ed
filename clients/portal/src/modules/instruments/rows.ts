/** 逐行导入: the workbook is read in the browser, and each row is sent by itself, in order; it can be stopped and resumed. */
import { reactive } from 'vue'
import { askWhole, registry } from '@/api'
import { caught, type Problem } from '@/api/problem'
import { keepHere, kept } from '@/parts/kept'

export interface Row {
  /** Number that Excel shows. */
  number: number
  cells: Record<string, string>
  /** earlier: sent by an earlier visit of the page. */
  state: 'waiting' | 'earlier' | 'created' | 'same' | 'refused'
  why: string
}

/** Rows of the first sheet under its header; rows without a single cell are left out. Times are taken as days. */
export function rowsOf(table: readonly (readonly unknown[])[]): Row[] {
  const [head = [], ...body] = table
  const headers = head.map((cell) => text(cell))
  return body.flatMap((line, at) => {
    const cells = Object.fromEntries(
      headers
        .map((header, column) => [header, text(line[column])] as const)
        .filter(([header, value]) => header && value),
    )
    return Object.keys(cells).length ? [{ number: at + 2, cells, state: 'waiting' as const, why: '' }] : []
  })
}

function text(cell: unknown): string {
  if (cell === null || cell === undefined) return ''
  if (cell instanceof Date) return cell.toISOString().slice(0, 10)
  return String(cell).trim()
}

/** Where an import stood when the browser was closed; chosen again, the file goes on from there. */
export interface Stopped {
  name: string
  rows: number
  at: number
}

const state = reactive({
  account: '',
  name: '',
  rows: [] as Row[],
  at: 0,
  running: false,
  problem: null as Problem | null,
})
const place = () => `qj-rows-${state.account}`

/** The import by rows of this account. It lives as long as the portal is open, whatever page is shown meanwhile. */
export function useRows(account: string) {
  if (state.account !== account)
    Object.assign(state, { account, name: '', rows: [], at: 0, running: false, problem: null })

  /** Goes on where it stopped. A network that fails stops it with the reason; nothing is lost, no row is sent twice. */
  async function run(): Promise<void> {
    if (state.running) return
    const { rows } = state
    const mine = () => state.running && state.rows === rows
    state.running = true
    state.problem = null
    while (mine() && state.at < rows.length) {
      const row = rows[state.at]
      try {
        const { response } = await askWhole(registry.POST('/api/registry/imports/rows', { body: { row: row.cells } }))
        row.state = response.status === 201 ? 'created' : 'same'
      } catch (error) {
        const refusal = caught(error)
        if (![400, 409, 422].includes(refusal.status)) {
          if (mine()) state.problem = refusal
          break
        }
        row.state = 'refused'
        row.why = refusal.errors.map((line) => line.message).join('；') || refusal.detail
      }
      if (state.rows !== rows) return // somebody else has signed in, or another file was chosen
      state.at++
      note()
    }
    if (state.rows === rows) state.running = false
  }

  /** After every row: the browser may be closed at any moment. */
  function note(): void {
    if (state.at < state.rows.length) keepHere(place(), { name: state.name, rows: state.rows.length, at: state.at })
    else localStorage.removeItem(place())
  }

  /** What an earlier visit left unfinished. */
  function stopped(): Stopped | null {
    const left = kept<Stopped>(place())
    return left.at && !state.rows.length ? (left as Stopped) : null
  }

  function begin(name: string, rows: Row[]): void {
    const left = stopped()
    const at = left?.name === name && left.rows === rows.length ? left.at : 0
    for (const row of rows.slice(0, at)) row.state = 'earlier'
    Object.assign(state, { name, rows, at, running: false, problem: null })
  }
  const pause = () => void (state.running = false)
  const count = (what: Row['state']) => state.rows.reduce((sum, row) => sum + (row.state === what ? 1 : 0), 0)
  return { state, run, begin, pause, count, stopped }
}
