/**
 * The one way to run an action on one or many records: confirmation with the count, further fields, progress, and the
 * outcome of each. CommandDialog in the frame shows it.
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
  /** Of a job, only the first hundred; `refused` is the total. */
  failed: Failure[]
  refused?: number
}
export interface Field {
  key: string
  label: string
  kind: 'text' | 'choice' | 'institution' | 'check'
  required?: boolean
  options?: { value: string; label: string }[]
  /** For institutions: only those of this tier or parent. */
  filter?: { tier?: string; parent_id?: string; division_code?: string }
  initial?: unknown
  hint?: string
}

/** The input of the dialog: field → text, true or false. */
export type Values = Record<string, any>

export interface Command {
  title: string
  /** What will happen, with the count: "停用 12 台仪器". */
  text: string
  /** A warning that the user should read first. */
  warning?: string
  service: Service
  danger?: boolean
  confirm?: string
  fields?: Field[]
  /** The target. If the count of a query has changed, the user sees the new count and may continue with it. */
  selection?: Selection
  /** Shown above the fields. */
  body?: Component
  send(values: Values, selection: Selection): Promise<{ data?: unknown; error?: unknown; response: Response }>
  /** id → name shown in the outcome. */
  names?: Map<string, string>
  /** The result is a file: the dialog stays open at the end and offers the download. */
  keepOpen?: boolean
  /** Shown if all succeeded; default "已完成 n 项". */
  said?: (outcome: Outcome) => string
  /** Shown in the dialog at the end, with the service's `answer`, until the user closes it. */
  receipt?: Component
}

/** Increased when data of a list have changed: every open list reloads. */
export const outdated = ref(0)

export const current = reactive({
  command: null as Command | null,
  stage: 'asking' as 'asking' | 'running' | 'done',
  job: null as Job | null,
  outcome: null as Outcome | null,
  /** The service's answer, for a receipt. */
  answer: null as unknown,
  problem: null as Problem | null,
  resolve: null as ((outcome: Outcome | null) => void) | null,
})

/** Asks, runs the command and shows the outcome. null: the user cancelled, or the whole command was refused. */
export function runCommand(command: Command): Promise<Outcome | null> {
  current.resolve?.(null)
  return new Promise((resolve) => {
    Object.assign(current, { command, stage: 'asking', job: null, outcome: null, answer: null, problem: null, resolve })
  })
}
