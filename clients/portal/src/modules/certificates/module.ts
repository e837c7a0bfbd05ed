import { Medal } from '@element-plus/icons-vue'
import type { Module } from '@/frame/module'

export default {
  title: 'certificates.title',
  icon: Medal,
  order: 50,
  pages: [
    {
      path: '/certificates',
      title: 'certificates.title',
      component: () => import('./Certificates.vue'),
      for: ['applicant', 'institution', 'supervisor'],
    },
  ],
} satisfies Module
