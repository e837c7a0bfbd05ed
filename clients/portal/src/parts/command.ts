/**
 * The one way to do something to one or many records: confirm with the count, what else must be said, progress, and the
 * outcome of each. CommandDialog, in the frame, draws it.
 */
import { reactive, ref, type Component } from 'vue'
import type { Problem } from '@/api/problem'
import type { Selection } from './list'

export type Service = 'registry' | 'filing' | 'booking' | 'identity'
export interface Failure {
  id: string
  code: string
  detail: string
}
export interface Job {
  id: string
  kind: string
  state: string
  done: number
  failed: number
  total: number
  errors_url?: string | null
  result_url?: string | null
  error?: string | null
}
export interface Outcome {
  done: number
  /** Of a job the first hundred: `refused` has their number. */
  failed: Failure[]
  refused?: number
}
export interface Field {
  key: string
  label: string
  kind: 'text' | 'choice' | 'institution' | 'check'
  required?: boolean
  options?: { value: string; label: string }[]
  /** Of institutions: only those of this tier or parent. */
  filter?: { tier?: string; parent_id?: string; division_code?: string }
  initial?: unknown
  hint?: string
}

/** What was said in the dialog, field → value: text, or true and false. */
export type Values = Record<string, any>

export interface Command {
  title: string
  /** What will happen, with the count: "停用 12 台仪器". */
  text: string
  /** What the user should have thought of before. */
  warning?: string
  service: Service
  danger?: boolean
  confirm?: string
  fields?: Field[]
  /** What it is for. Where a query holds another number by now, the user is told and may go on with that. */
  selection?: Selection
  /** Drawn above the fields. */
  body?: Component
  send(values: Values, selection: Selection): Promise<{ data?: unknown; error?: unknown; response: Response }>
  /** id → name shown in the outcome. */
  names?: Map<string, string>
  /** The result is a file: the dialog stays open at the end, with the way to fetch it. */
  keepOpen?: boolean
  /** Shown when all were done; default "已完成 n 项". */
  said?: (outcome: Outcome) => string
  /** Drawn in the dialog when it is done, with the service's `answer`: the user keeps it and closes the dialog. */
  receipt?: Component
}

/** Counts up when what a list shows has changed behind it: every list that is open loads anew. */
export const outdated = ref(0)

export const current = reactive({
  command: null as Command | null,
  stage: 'asking' as 'asking' | 'running' | 'done',
  job: null as Job | null,
  outcome: null as Outcome | null,
  /** What the service answered, for a receipt. */
  answer: null as unknown,
  problem: null as Problem | null,
  resolve: null as ((outcome: Outcome | null) => void) | null,
})

/** Ask, do it, show how it went. null: the user went back, or it was refused as a whole. */
export function runCommand(command: Command): Promise<Outcome | null> {
  current.resolve?.(null)
  return new Promise((resolve) => {
    Object.assign(current, { command, stage: 'asking', job: null, outcome: null, answer: null, problem: null, resolve })
  })
}
