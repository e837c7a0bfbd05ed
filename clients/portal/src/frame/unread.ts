/** The number of unread messages at the bell. It is counted again after some were read. */
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
    caught(error) // the page keeps its last number
  }
}
