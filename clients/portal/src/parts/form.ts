/**
 * The one form pattern: a model, the errors that the service names by field, and one submit at a time.
 * With `draft`, what was typed is kept in this browser until it was sent.
 */
import { computed, inject, provide, reactive, ref, toRaw, watch, type InjectionKey } from 'vue'
import { Problem } from '@/api/problem'
import { keepHere, kept } from './kept'

export interface Form<T extends object = object> {
  model: T
  /** Field → why it was refused. */
  errors: Record<string, string>
  problem: Problem | null
  waiting: boolean
  /** True when a draft of an earlier visit was taken up. */
  restored: boolean
  send(): Promise<boolean>
  reset(values?: Partial<T>): void
}

const KEY: InjectionKey<Form> = Symbol('form')
export const provideForm = (form: Form) => provide(KEY, form)
export const useFormOfParent = () => inject(KEY, null)

interface Options {
  /** Key under which the draft is kept. */
  draft?: string
  /** Fields that never go into a draft. */
  secret?: string[]
}

export function useForm<T extends object>(initial: T, submit: (model: T) => Promise<unknown>, { draft, secret = [] }: Options = {}): Form<T> {
  const key = draft && `qj-draft-${draft}`
  const begin = structuredClone(toRaw(initial))
  const model = reactive(structuredClone(begin)) as T
  const errors = ref<Record<string, string>>({})
  const problem = ref<Problem | null>(null)
  const waiting = ref(false)
  const restored = ref(false)

  if (key) {
    // Only fields of today: a draft may be older than the form.
    const before = Object.entries(kept<T>(key)).filter(([name]) => name in begin)
    Object.assign(model, Object.fromEntries(before))
    restored.value = before.length > 0
    watch(model, (now) => {
      const shown = Object.fromEntries(Object.entries(toRaw(now)).filter(([name]) => !secret.includes(name)))
      keepHere(key, shown)
    })
  }

  /** True when the service took it. A refusal stays in `problem` and `errors`. */
  async function send(): Promise<boolean> {
    if (waiting.value) return false
    waiting.value = true
    problem.value = null
    errors.value = {}
    try {
      await submit(structuredClone(deepRaw(model)))
      if (key) setTimeout(() => localStorage.removeItem(key))
      return true
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      problem.value = error
      errors.value = Object.fromEntries(error.errors.map((line) => [line.field, line.message]))
      return false
    } finally {
      waiting.value = false
    }
  }

  function reset(values: Partial<T> = {}): void {
    Object.assign(model, structuredClone(begin), values)
    problem.value = null
    errors.value = {}
    restored.value = false
    if (key) setTimeout(() => localStorage.removeItem(key))
  }

  return reactive({ model: computed(() => model), errors, problem, waiting, restored, send, reset }) as unknown as Form<T>
}

/** A plain copy, also of proxies inside. */
function deepRaw<T>(value: T): T {
  const raw = toRaw(value)
  if (Array.isArray(raw)) return raw.map(deepRaw) as T
  if (raw !== null && typeof raw === 'object' && Object.getPrototypeOf(raw) === Object.prototype) {
    return Object.fromEntries(Object.entries(raw).map(([name, part]) => [name, deepRaw(part)])) as T
  }
  return raw
}
