import { Calendar } from '@element-plus/icons-vue'
import type { Module, Page } from '@/frame/module'

const list = (menu: string): Page => ({
  path: `/bookings/${menu}`,
  title: `bookings.menu.${menu}`,
  component: () => import('./BookingList.vue'),
  props: { menu },
  for: ['applicant'],
})
const ALL = ['applicant', 'institution', 'supervisor']

export default {
  title: 'bookings.title',
  icon: Calendar,
  order: 30,
  pages: [
    {
      path: '/bookings/book',
      title: 'bookings.menu.book',
      component: () => import('./Bookable.vue'),
      for: ['applicant'],
    },
    ...['pending', 'confirmed', 'rejected', 'returned', 'history'].map(list),
    {
      path: '/bookings/pending-list',
      title: 'bookings.pending_list',
      component: () => import('./PendingList.vue'),
      for: ['applicant'],
      menu: false,
      under: '/bookings/book',
    },
    {
      path: '/bookings/:id',
      title: 'bookings.detail',
      component: () => import('./BookingPage.vue'),
      for: ALL,
      menu: false,
    },
    {
      path: '/bookings/:id/slip',
      title: 'bookings.slip',
      component: () => import('./Slip.vue'),
      for: ALL,
      menu: false,
    },
  ],
} satisfies Module
