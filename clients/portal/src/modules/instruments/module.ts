import { Odometer } from '@element-plus/icons-vue'
import type { Module, Page } from '@/frame/module'

const list = (view: string): Page => ({
  path: `/instruments/${view}`,
  title: `instruments.views.${view}`,
  component: () => import('./InstrumentList.vue'),
  props: { view },
  for: ['applicant'],
})
const below = (path: string, title: string, component: Page['component'], props = {}): Page => ({
  path,
  title,
  component,
  props,
  for: ['applicant'],
  menu: false,
  under: '/instruments/all',
})

export default {
  title: 'instruments.title',
  icon: Odometer,
  order: 10,
  pages: [
    ...['all', 'due', 'overdue', 'invalid', 'failed', 'scrapped', 'rotation'].map(list),
    below('/instruments/add', 'instruments.add', () => import('./InstrumentForm.vue')),
    below('/instruments/import', 'instruments.import', () => import('./ImportPage.vue'), { kind: 'instruments' }),
    below('/instruments/import/addresses', 'instruments.addresses', () => import('./ImportPage.vue'), {
      kind: 'addresses',
    }),
    below('/instruments/import/nozzles', 'instruments.nozzles', () => import('./ImportPage.vue'), { kind: 'nozzles' }),
    below('/instruments/import/rows', 'instruments.rows', () => import('./RowsPage.vue')),
    below('/instruments/:id', 'instruments.detail_title', () => import('./InstrumentDetail.vue')),
    below('/instruments/:id/edit', 'instruments.edit', () => import('./InstrumentForm.vue')),
    below('/instruments/:id/copy', 'instruments.copy', () => import('./InstrumentForm.vue'), { copy: true }),
  ],
} satisfies Module
