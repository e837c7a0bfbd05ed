/** How many messages wait to be read: the number at the bell, counted anew when some were read. */
import { ref } from 'vue'
import { ask, notification } from '@/api'
import { caught } from '@/api/problem'

export const unread = ref(0)

export async function countUnread(): Promise<void> {
  try {
    unread.value =
      (await ask(notification.GET('/api/notification/messages', { params: { query: { unread: true, page_size: 1 } } })))
        .total ?? 0
  } catch (error) {
    caught(error) // the page goes on with the number that it has
  }
}
