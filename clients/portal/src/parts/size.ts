import { onBeforeUnmount, onMounted, ref, type Ref } from 'vue'

/** The current width of an element. [px] */
export function useElementSize(element: Ref<HTMLElement | undefined>): { width: Ref<number> } {
  const width = ref(0)
  let watcher: ResizeObserver | undefined
  onMounted(() => {
    width.value = element.value?.clientWidth ?? 0
    watcher = new ResizeObserver(([entry]) => (width.value = Math.floor(entry.contentRect.width)))
    if (element.value) watcher.observe(element.value)
  })
  onBeforeUnmount(() => watcher?.disconnect())
  return { width }
}
