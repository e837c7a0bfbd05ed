/** Rows ticked by hand, and the checkbox in the table's head that ticks all. */
import { computed, ref } from 'vue'

export function usePicks(pickable: () => readonly string[]) {
  const picked = ref<string[]>([])
  const has = (key: string) => picked.value.includes(key)
  const count = computed(() => pickable().filter(has).length)
  const all = computed(() => count.value > 0 && count.value === pickable().length)
  const some = computed(() => count.value > 0 && !all.value)
  const pick = (key: string, yes: unknown) =>
    (picked.value = yes
      ? [...picked.value.filter((one) => one !== key), key]
      : picked.value.filter((one) => one !== key))
  const pickAll = (yes: unknown) => (picked.value = yes ? [...pickable()] : [])
  return { picked, has, all, some, pick, pickAll }
}
