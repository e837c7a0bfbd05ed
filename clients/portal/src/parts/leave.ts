/** A page with unsaved input asks before the user leaves it, for another page or by the browser. */
import { onBeforeUnmount, onMounted } from 'vue'
import { onBeforeRouteLeave } from 'vue-router'
import { t } from '@/words'

export function useLeaveGuard(unsaved: () => boolean): void {
  const ask = (event: BeforeUnloadEvent) => void (unsaved() && event.preventDefault())
  onMounted(() => window.addEventListener('beforeunload', ask))
  onBeforeUnmount(() => window.removeEventListener('beforeunload', ask))
  onBeforeRouteLeave(() => !unsaved() || window.confirm(t('parts.leave')))
}
