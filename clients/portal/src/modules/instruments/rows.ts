/** 逐行导入: the workbook is read in the browser, and each row is sent by itself, in order; it can be stopped and resumed. */
import { reactive } from 'vue'
import { askWhole, registry } from '@/api'
import { Problem } from '@/api/problem'

export interface Row {
  /** Number that Excel shows. */
  number: number
  cells: Record<string, string>
  state: 'waiting' | 'created' | 'same' | 'refused'
  why: string
}

/** Rows of the first sheet under its header; rows without a single cell are left out. Times are taken as days. */
export function rowsOf(table: readonly (readonly unknown[])[]): Row[] {
  const [head = [], ...body] = table
  const headers = head.map((cell) => text(cell))
  return body.flatMap((line, at) => {
    const cells = Object.fromEntries(headers.map((header, column) => [header, text(line[column])] as const).filter(([header, value]) => header && value))
    return Object.keys(cells).length ? [{ number: at + 2, cells, state: 'waiting' as const, why: '' }] : []
  })
}

function text(cell: unknown): string {
  if (cell === null || cell === undefined) return ''
  if (cell instanceof Date) return cell.toISOString().slice(0, 10)
  return String(cell).trim()
}

export function useRows() {
  const state = reactive({ rows: [] as Row[], at: 0, running: false, problem: null as Problem | null })

  /** Goes on where it stopped. A network that fails stops it with the reason; nothing is lost, no row is sent twice. */
  async function run(): Promise<void> {
    state.running = true
    state.problem = null
    while (state.running && state.at < state.rows.length) {
      const row = state.rows[state.at]
      try {
        const { response } = await askWhole(registry.POST('/api/registry/imports/rows', { body: { row: row.cells } }))
        row.state = response.status === 201 ? 'created' : 'same'
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        if (![400, 409, 422].includes(error.status)) {
          state.problem = error
          break
        }
        row.state = 'refused'
        row.why = error.errors.map((line) => line.message).join('；') || error.detail
      }
      state.at++
    }
    state.running = false
  }

  function begin(rows: Row[]): void {
    Object.assign(state, { rows, at: 0, running: false, problem: null })
  }
  const pause = () => void (state.running = false)
  const count = (what: Row['state']) => state.rows.reduce((sum, row) => sum + (row.state === what ? 1 : 0), 0)
  return { state, run, begin, pause, count }
}
