import { ref, type Ref } from 'vue'
import { caught } from '@/api/problem'
import { tell } from './tell'

/** Work that a press begins: `busy` while it lasts, and a refusal is told. */
export function useBusy(): { busy: Ref<boolean>; busily: (work: () => Promise<unknown>) => Promise<void> } {
  const busy = ref(false)
  async function busily(work: () => Promise<unknown>): Promise<void> {
    busy.value = true
    try {
      await work()
    } catch (error) {
      tell(caught(error))
    } finally {
      busy.value = false
    }
  }
  return { busy, busily }
}
