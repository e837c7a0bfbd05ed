import { DocumentChecked } from '@element-plus/icons-vue'
import type { Module, Page } from '@/frame/module'

const list = (state: string): Page => ({
  path: `/desk/filings/${state}`,
  title: `institution-filings.menu.${state}`,
  component: () => import('./FilingDesk.vue'),
  props: { state },
  for: ['filing_clerk'],
})

export default {
  title: 'institution-filings.title',
  icon: DocumentChecked,
  order: 24,
  pages: [
    ...['submitted', 'awaiting_confirmation', 'pending_reassignment', 'approved', 'returned', 'revoked'].map(list),
    {
      path: '/supervision/filings',
      title: 'institution-filings.menu.supervision',
      component: () => import('./SupervisedFilings.vue'),
      for: ['supervisor'],
    },
  ],
} satisfies Module
