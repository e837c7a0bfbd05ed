/**
 * All text of the portal. Each folder of `modules`, and `frame`, `parts`, `session` and `terms`, has its Chinese in
 * `words.ts` and its English in `words.en.ts`. Keys start with the folder's name: t('instruments.add'). The compiler checks
 * that both have the same keys. English is fetched when it is first chosen.
 */
import { computed, type Ref } from 'vue'
import { createI18n } from 'vue-i18n'
import { speak } from '@/api/send'

export type Locale = 'zh-CN' | 'en'
type Tree = { [key: string]: string | Tree }
/** The keys of T with other texts. */
export type Same<T> = { [K in keyof T]: T[K] extends string ? string : Same<T[K]> }

// The words of the audit are many and seldom read: they come with its page, by `addWords`.
const chinese = import.meta.glob<Tree>(['../**/words.ts', '!../modules/audit/words.ts'], {
  eager: true,
  import: 'default',
})
const english = import.meta.glob<Tree>('../**/words.en.ts', { import: 'default' })

const folderOf = (path: string) => path.split('/').at(-2)!
const byFolder = (files: [string, Tree][]): Tree =>
  Object.fromEntries(files.map(([path, words]) => [folderOf(path), words]))

const KEPT = 'qj-language'

export const i18n = createI18n({
  legacy: false,
  locale: 'zh-CN',
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': byFolder(Object.entries(chinese)) } as never,
  missingWarn: false,
  fallbackWarn: false,
})

/** The part of vue-i18n that we use. Its own types follow every key and are too slow for the compiler. */
interface Composer {
  mergeLocaleMessage(locale: Locale, messages: Tree): void
  locale: Ref<Locale>
  availableLocales: Locale[]
  setLocaleMessage(locale: Locale, messages: Tree): void
  t(key: string, values?: Record<string, unknown>): string
  te(key: string, locale?: Locale): boolean
}
const composer = i18n.global as unknown as Composer

export const language = computed(() => composer.locale.value)
export const t = (key: string, values: Record<string, unknown> = {}): string => composer.t(key, values)
/** Says whether there is a text for the key. */
export const has = (key: string) => composer.te(key) || composer.te(key, 'zh-CN')

/** Adds the Chinese words of a folder that comes later than the first load. */
export const addWords = (folder: string, words: Tree): void => composer.mergeLocaleMessage('zh-CN', { [folder]: words })

/** Returns the language chosen before. */
export const keptLanguage = (): Locale => (localStorage.getItem(KEPT) === 'en' ? 'en' : 'zh-CN')

export async function setLanguage(locale: Locale): Promise<void> {
  if (!composer.availableLocales.includes(locale)) {
    const files = await Promise.all(
      Object.entries(english).map(async ([path, load]): Promise<[string, Tree]> => [path, await load()]),
    )
    composer.setLocaleMessage(locale, byFolder(files))
  }
  composer.locale.value = locale
  localStorage.setItem(KEPT, locale)
  document.documentElement.lang = locale
  speak(locale)
}

/** Returns the label of an enumerated value: term('view', 'due') → 须检. An unknown value is returned unchanged. */
export function term(kind: string, value: string | null | undefined): string {
  if (!value) return ''
  const key = `terms.${kind}.${value}`
  return has(key) ? t(key) : value
}
