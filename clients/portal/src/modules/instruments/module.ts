import { Odometer } from '@element-plus/icons-vue'
import type { Module, Page } from '@/frame/module'

const list = (view: string): Page => ({
  path: `/instruments/${view}`,
  title: `instruments.views.${view}`,
  component: () => import('./InstrumentList.vue'),
  props: { view },
  for: ['applicant'],
})

export default {
  title: 'instruments.title',
  icon: Odometer,
  order: 10,
  pages: ['all', 'due', 'overdue', 'invalid', 'failed', 'scrapped', 'rotation'].map(list),
} satisfies Module
