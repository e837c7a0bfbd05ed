import { ref, type Ref } from 'vue'
import { caught } from '@/api/problem'
import { tell } from './tell'

/** Runs work after a press: `busy` while it runs, and a message if it is refused. */
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
