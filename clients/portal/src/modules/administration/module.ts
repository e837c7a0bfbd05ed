import { Tools } from '@element-plus/icons-vue'
import type { Module } from '@/frame/module'

export default {
  title: 'administration.title',
  icon: Tools,
  order: 80,
  pages: [
    {
      path: '/administration/staff',
      title: 'administration.staff',
      component: () => import('./Staff.vue'),
      for: ['admin', 'institution_admin'],
    },
    {
      path: '/administration/catalog',
      title: 'administration.catalog',
      component: () => import('./Catalog.vue'),
      for: ['admin'],
    },
    {
      path: '/administration/reference',
      title: 'administration.reference',
      component: () => import('./Reference.vue'),
      for: ['admin'],
    },
    {
      path: '/administration/holidays',
      title: 'administration.holidays',
      component: () => import('./Holidays.vue'),
      for: ['admin'],
    },
    {
      path: '/administration/audit',
      title: 'administration.audit',
      component: () => import('@/modules/audit/Audit.vue'),
      for: ['admin'],
    },
  ],
} satisfies Module
