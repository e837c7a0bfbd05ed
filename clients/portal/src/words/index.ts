/**
 * All text of the portal. Each folder of `modules`, and `frame`, `parts` and `words` themselves, has a `words.ts` with
 * its Chinese and English; their keys start with the folder's name: t('instruments.add').
 */
import { computed, type Ref } from 'vue'
import { createI18n } from 'vue-i18n'
import { speak } from '@/api/send'

export type Locale = 'zh-CN' | 'en'
type Tree = { [key: string]: string | Tree }
type Same<T> = { [K in keyof T]: T[K] extends string ? string : Same<T[K]> }
export interface Words {
  zh: Tree
  en: Tree
}

/** The words of one folder. English must have exactly the keys of Chinese: the compiler sees to that. */
export function words<T extends Tree>(zh: T, en: Same<T>): Words {
  return { zh, en: en as Tree }
}

const files = import.meta.glob<Words>('../**/words.ts', { eager: true, import: 'default' })

/** Locale → folder → words. */
export function allWords(): Record<Locale, Tree> {
  const all: Record<Locale, Tree> = { 'zh-CN': {}, en: {} }
  for (const [path, { zh, en }] of Object.entries(files)) {
    const folder = path.split('/').at(-2)!
    all['zh-CN'][folder === '..' ? 'words' : folder] = zh
    all.en[folder === '..' ? 'words' : folder] = en
  }
  return all
}

const KEPT = 'qj-language'
const kept = localStorage.getItem(KEPT)

export const i18n = createI18n({
  legacy: false,
  locale: kept === 'en' ? 'en' : 'zh-CN',
  fallbackLocale: 'zh-CN',
  messages: allWords() as never,
  missingWarn: false,
  fallbackWarn: false,
})

/** What we use of vue-i18n: its own types follow every key, which is more than the compiler can bear. */
interface Composer {
  locale: Ref<Locale>
  t(key: string, values?: Record<string, unknown>): string
  te(key: string, locale?: Locale): boolean
}
const composer = i18n.global as unknown as Composer

export const language = computed(() => composer.locale.value)
export const t = (key: string, values: Record<string, unknown> = {}): string => composer.t(key, values)
/** Whether there are words for the key. */
export const has = (key: string) => composer.te(key) || composer.te(key, 'zh-CN')

export function setLanguage(locale: Locale): void {
  composer.locale.value = locale
  localStorage.setItem(KEPT, locale)
  document.documentElement.lang = locale
  speak(locale)
}

/** Label of an enumerated value: term('view', 'due') → 须检. What is unknown is shown as it came. */
export function term(kind: string, value: string | null | undefined): string {
  if (!value) return ''
  const key = `terms.${kind}.${value}`
  return has(key) ? t(key) : value
}
