import { UserFilled } from '@element-plus/icons-vue'
import type { Module } from '@/frame/module'

export default {
  title: 'registrations.title',
  icon: UserFilled,
  order: 22,
  pages: [
    {
      path: '/desk/registrations',
      title: 'registrations.title',
      component: () => import('./Registrations.vue'),
      for: ['registration_reviewer'],
    },
  ],
} satisfies Module
