/** Keeps a visible page current: fetches again every half minute, and when the user returns to it. */
import { onBeforeUnmount, onMounted } from 'vue'
import { caught } from '@/api/problem'

const PERIOD = 30_000 // ms

export function usePolling(work: () => Promise<unknown>): void {
  let timer = 0
  let busy = false
  /** A refusal shows no message: the old data stay, and the next try follows soon. */
  async function again(): Promise<void> {
    if (document.hidden || busy) return
    busy = true
    try {
      await work()
    } catch (error) {
      caught(error)
    } finally {
      busy = false
    }
  }
  const seen = () => void again()
  onMounted(() => {
    timer = window.setInterval(seen, PERIOD)
    document.addEventListener('visibilitychange', seen)
  })
  onBeforeUnmount(() => {
    clearInterval(timer)
    document.removeEventListener('visibilitychange', seen)
  })
}
