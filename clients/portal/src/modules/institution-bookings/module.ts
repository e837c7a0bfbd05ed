import { Tickets } from '@element-plus/icons-vue'
import type { Module, Page } from '@/frame/module'

const STAFF = ['booking_clerk', 'front_desk', 'verifier', 'checker', 'institution_admin']
const list = (menu: string, who: string[]): Page => ({
  path: `/desk/bookings/${menu}`,
  title: `institution-bookings.menu.${menu}`,
  component: () => import('@/modules/bookings/BookingList.vue'),
  props: { menu },
  for: who,
})

export default {
  title: 'institution-bookings.title',
  icon: Tickets,
  order: 32,
  pages: [
    list('pending', ['booking_clerk']),
    list('confirmed', ['booking_clerk', 'front_desk']),
    {
      path: '/desk/reception',
      title: 'institution-bookings.menu.reception',
      component: () => import('./Reception.vue'),
      for: ['front_desk'],
    },
    {
      path: '/desk/results',
      title: 'institution-bookings.menu.results',
      component: () => import('./WorkList.vue'),
      props: { work: 'results' },
      for: ['verifier', 'front_desk'],
    },
    {
      path: '/desk/sign',
      title: 'institution-bookings.menu.sign',
      component: () => import('./WorkList.vue'),
      props: { work: 'sign' },
      for: ['verifier'],
    },
    {
      path: '/desk/check',
      title: 'institution-bookings.menu.check',
      component: () => import('./WorkList.vue'),
      props: { work: 'check' },
      for: ['checker'],
    },
    list('history', STAFF),
    ...['received', 'in_progress', 'completed'].map((menu) => ({
      ...list(menu, STAFF),
      menu: false,
      under: '/desk/bookings/history',
    })),
    {
      path: '/desk/calendar',
      title: 'institution-bookings.menu.calendar',
      component: () => import('./CalendarPage.vue'),
      for: ['booking_clerk', 'institution_admin'],
    },
  ],
} satisfies Module
