/**
 * The one form pattern: a model, the service's errors by field, and one submit at a time. With `draft`, the browser keeps
 * the input until it was sent.
 */
import { computed, inject, provide, reactive, ref, shallowReactive, toRaw, watch, type InjectionKey } from 'vue'
import { caught, Problem } from '@/api/problem'
import { t } from '@/words'
import { keepHere, kept } from './kept'

/** A field of the form: its label, and whether it is required. */
export interface Shown {
  label: string
  required: boolean
  /** The field is a paper: the user uploads it. */
  upload?: boolean
}

export interface Form<T extends object = object> {
  model: T
  /** Field → reason of its refusal. */
  errors: Record<string, string>
  /** Labels of the fields on the screen. */
  shown: Map<string, Shown>
  problem: Problem | null
  waiting: boolean
  /** True if the form started with a draft of an earlier visit. */
  restored: boolean
  /** True if the input differs from the initial values and is saved nowhere. */
  unsaved: boolean
  send(): Promise<boolean>
  /** Starts with these values and restores the draft over them. draft: the key of the draft. */
  begin(values: Partial<T>, draft?: string): void
  reset(values?: Partial<T>): void
}

const KEY: InjectionKey<Form> = Symbol('form')
export const provideForm = (form: Form) => provide(KEY, form)
export const useFormOfParent = () => inject(KEY, null)

interface Options {
  /** Key of the stored draft. */
  draft?: string
  /** Fields that never go into a draft. */
  secret?: string[]
}

export function useForm<T extends object>(
  initial: T,
  submit: (model: T) => Promise<unknown>,
  { draft, secret = [] }: Options = {},
): Form<T> {
  let key = draft && `qj-draft-${draft}`
  let start = structuredClone(toRaw(initial))
  const model = reactive(structuredClone(start)) as T
  const errors = ref<Record<string, string>>({})
  const shown = shallowReactive(new Map<string, Shown>())
  const problem = ref<Problem | null>(null)
  const waiting = ref(false)
  const restored = ref(false)
  const first = ref('')
  const now = () => JSON.stringify(visible())
  const visible = () => Object.fromEntries(Object.entries(toRaw(model)).filter(([name]) => !secret.includes(name)))
  const changed = ref(false)

  /** Only fields that exist now: a draft may be older than the form. */
  function takeUp(): void {
    first.value = now()
    const before = Object.entries(key ? kept<T>(key) : {}).filter(([name]) => name in start)
    Object.assign(model, Object.fromEntries(before))
    restored.value = before.length > 0
    changed.value = false
  }
  takeUp()

  let refused: Record<string, unknown> = {} // field → its value when it was refused
  watch(model, () => {
    changed.value = now() !== first.value
    if (key && changed.value) keepHere(key, visible())
    for (const name of Object.keys(refused)) {
      if (JSON.stringify(at(model, name)) === JSON.stringify(refused[name])) continue
      delete refused[name]
      delete errors.value[name] // a changed field is no longer wrong
    }
  })
  const unsaved = computed(() => changed.value && !key && !waiting.value)

  function refuse(found: Problem): void {
    problem.value = found
    errors.value = Object.fromEntries(found.errors.map((line) => [line.field, line.message]))
    refused = Object.fromEntries(
      found.errors.map((line) => [line.field, structuredClone(deepRaw(at(model, line.field)))]),
    )
  }

  /** True if the service accepted it. A refusal stays in `problem` and `errors`. */
  async function send(): Promise<boolean> {
    if (waiting.value) return false
    const missing = [...shown].filter(([name, field]) => field.required && isEmpty(at(model, name)))
    if (missing.length) {
      refuse(
        new Problem(
          422,
          'required',
          t('parts.incomplete'),
          missing.map(([field, { label, upload }]) => ({
            field,
            code: 'required',
            message: t(upload ? 'parts.upload_required' : 'parts.required', { label }),
          })),
        ),
      )
      return false
    }
    waiting.value = true
    problem.value = null
    errors.value = {}
    try {
      await submit(structuredClone(deepRaw(model)))
      forget()
      first.value = now()
      changed.value = false
      return true
    } catch (error) {
      refuse(caught(error))
      return false
    } finally {
      waiting.value = false
    }
  }

  /** After the watcher has written the last input. */
  function forget(): void {
    const old = key
    if (old) setTimeout(() => localStorage.removeItem(old))
  }

  function begin(values: Partial<T>, itsDraft?: string): void {
    start = structuredClone({ ...deepRaw(start), ...deepRaw(values) })
    if (itsDraft) key = `qj-draft-${itsDraft}`
    Object.assign(model, structuredClone(start))
    takeUp()
  }

  function reset(values: Partial<T> = {}): void {
    Object.assign(model, structuredClone(start), values)
    problem.value = null
    errors.value = {}
    restored.value = false
    first.value = now()
    changed.value = false
    forget()
  }

  return reactive({
    model: computed(() => model),
    errors,
    shown,
    problem,
    waiting,
    restored,
    unsaved,
    send,
    begin,
    reset,
  }) as unknown as Form<T>
}

/** Returns the value at a path such as `org.name`; undefined if the model has no such field. */
function at(model: object, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((part, name) => (part as Record<string, unknown> | null | undefined)?.[name], model)
}

const isEmpty = (value: unknown) =>
  value === '' ||
  value === null ||
  (Array.isArray(value) && !value.length) ||
  (typeof value === 'string' && !value.trim())

/** Returns a plain copy, also of nested proxies. */
function deepRaw<T>(value: T): T {
  const raw = toRaw(value)
  if (Array.isArray(raw)) return raw.map(deepRaw) as T
  if (raw !== null && typeof raw === 'object' && Object.getPrototypeOf(raw) === Object.prototype) {
    return Object.fromEntries(Object.entries(raw).map(([name, part]) => [name, deepRaw(part)])) as T
  }
  return raw
}
