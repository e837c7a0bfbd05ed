/** Reference data that many pages show by name: divisions, institutions, kinds. Each is fetched once, at first use. */
import { computed, shallowRef } from 'vue'
import { ask, identity, registry } from '@/api'
import type { components as IdentityParts } from '@/api/generated/identity'
import type { components as RegistryParts } from '@/api/generated/registry'
import type { Option } from './list'

export type Division = IdentityParts['schemas']['DivisionView']
export type Institution = IdentityParts['schemas']['InstitutionView']
export type Kind = RegistryParts['schemas']['KindView']

function once<T extends object>(load: (cache?: RequestCache) => Promise<T[]>, key: (item: T) => string) {
  const items = shallowRef<T[]>([])
  const byKey = computed(() => new Map(items.value.map((item) => [key(item), item])))
  let loading: Promise<void> | null = null
  function ready(cache?: RequestCache): Promise<void> {
    loading ??= load(cache).then(
      (found) => void (items.value = found),
      (error) => {
        loading = null
        throw error
      },
    )
    return loading
  }
  /** Reload after a change, because the browser may cache the old answer for a minute. */
  const again = () => ((loading = null), ready('reload'))
  return { items, byKey, ready: () => ready(), again }
}

export const divisions = once<Division>(
  async (cache) => (await ask(identity.GET('/api/identity/divisions', { cache }))).items,
  (item) => item.code,
)
export const institutions = once<Institution>(
  async (cache) => (await ask(identity.GET('/api/identity/institutions', { cache }))).items,
  (item) => item.id,
)
export const kinds = once<Kind>(
  async (cache) => (await ask(registry.GET('/api/registry/catalog', { cache }))).items,
  (item) => item.code,
)

/** The options of a column's filter, fetched when it is first opened. */
export function kindOptions(): Option[] {
  void kinds.ready()
  return kinds.items.value.map((kind) => ({ value: kind.code, label: `${kind.code} ${kind.name}` }))
}

export function institutionOptions(): Option[] {
  void institutions.ready()
  return institutions.items.value.map((one) => ({ value: one.id, label: one.name }))
}

export function divisionName(code: string | null | undefined): string {
  if (!code) return ''
  void divisions.ready()
  const parts: string[] = []
  for (
    let at = divisions.byKey.value.get(code);
    at && parts.length < 4;
    at = at.parent_code ? divisions.byKey.value.get(at.parent_code) : undefined
  )
    parts.unshift(at.name)
  return (parts.length > 1 ? parts.slice(1).join('') : parts.join('')) || code
}

export function institutionName(id: string | null | undefined): string {
  if (!id) return ''
  void institutions.ready()
  return institutions.byKey.value.get(id)?.name ?? (institutions.items.value.length ? id : '') // '' until the names are loaded
}

export function kindName(code: string | null | undefined): string {
  if (!code) return ''
  void kinds.ready()
  return kinds.byKey.value.get(code)?.name ?? ''
}

/** Says whether the area of an institution contains the division: 440100 contains 440106. */
export const holds = (area: string, division: string): boolean => division.startsWith(area.replace(/(00)+$/, ''))
