/** Reference data that many pages show by name: divisions, institutions, kinds. Each is fetched once, when first asked. */
import { computed, shallowRef } from 'vue'
import { ask, identity, registry } from '@/api'
import type { components as IdentityParts } from '@/api/generated/identity'
import type { components as RegistryParts } from '@/api/generated/registry'

export type Division = IdentityParts['schemas']['DivisionView']
export type Institution = IdentityParts['schemas']['InstitutionView']
export type Kind = RegistryParts['schemas']['KindView']

function once<T extends object>(load: () => Promise<T[]>, key: (item: T) => string) {
  const items = shallowRef<T[]>([])
  const byKey = computed(() => new Map(items.value.map((item) => [key(item), item])))
  let loading: Promise<void> | null = null
  function ready(): Promise<void> {
    loading ??= load().then(
      (found) => void (items.value = found),
      (error) => {
        loading = null
        throw error
      },
    )
    return loading
  }
  return { items, byKey, ready, again: () => ((loading = null), ready()) }
}

export const divisions = once<Division>(async () => (await ask(identity.GET('/api/identity/divisions'))).items, (item) => item.code)
export const institutions = once<Institution>(async () => (await ask(identity.GET('/api/identity/institutions'))).items, (item) => item.id)
export const kinds = once<Kind>(async () => (await ask(registry.GET('/api/registry/catalog'))).items, (item) => item.code)

export function divisionName(code: string | null | undefined): string {
  if (!code) return ''
  void divisions.ready()
  const parts: string[] = []
  for (let at = divisions.byKey.value.get(code); at && parts.length < 4; at = at.parent_code ? divisions.byKey.value.get(at.parent_code) : undefined) parts.unshift(at.name)
  return (parts.length > 1 ? parts.slice(1).join('') : parts.join('')) || code
}

export function institutionName(id: string | null | undefined): string {
  if (!id) return ''
  void institutions.ready()
  return institutions.byKey.value.get(id)?.name ?? id
}

export function kindName(code: string | null | undefined): string {
  if (!code) return ''
  void kinds.ready()
  return kinds.byKey.value.get(code)?.name ?? ''
}
