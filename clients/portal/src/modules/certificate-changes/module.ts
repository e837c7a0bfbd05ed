import { EditPen } from '@element-plus/icons-vue'
import type { Module } from '@/frame/module'
import { MAY_CHANGE } from './change'

export default {
  title: 'certificate-changes.title',
  icon: EditPen,
  order: 51,
  pages: [
    {
      path: '/desk/certificate-changes/to-confirm',
      title: 'certificate-changes.to_confirm',
      component: () => import('./Changes.vue'),
      props: { toConfirm: true },
      for: ['checker'],
    },
    {
      path: '/desk/certificate-changes',
      title: 'certificate-changes.all',
      component: () => import('./Changes.vue'),
      for: MAY_CHANGE,
    },
  ],
} satisfies Module
