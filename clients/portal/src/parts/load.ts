import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { caught, type Problem } from '@/api/problem'

interface Load<T> {
  /** The data of the last load. It stays during a new load. */
  data: ShallowRef<T | undefined>
  /** Why the last try failed. */
  problem: Ref<Problem | null>
  loading: Ref<boolean>
  reload(): Promise<void>
}

/** Loads the data of a page. It drops an answer that comes after a later request. */
export function useLoad<T>(ask: () => Promise<T>): Load<T> {
  const data = shallowRef<T>()
  const problem = ref<Problem | null>(null)
  const loading = ref(false)
  let asked = 0
  async function reload(): Promise<void> {
    const mine = ++asked
    loading.value = true
    problem.value = null
    try {
      const found = await ask()
      if (mine === asked) data.value = found
    } catch (error) {
      const refusal = caught(error)
      if (mine === asked) problem.value = refusal
    } finally {
      if (mine === asked) loading.value = false
    }
  }
  return { data, problem, loading, reload }
}
