import { Stamp } from '@element-plus/icons-vue'
import type { Module, Page } from '@/frame/module'

const list = (state: string): Page => ({
  path: `/filings/${state}`,
  title: `filings.menu.${state}`,
  component: () => import('./FilingList.vue'),
  props: { state },
  for: ['applicant'],
})

export default {
  title: 'filings.title',
  icon: Stamp,
  order: 20,
  pages: [
    {
      path: '/filings/unfiled',
      title: 'filings.menu.unfiled',
      component: () => import('./Unfiled.vue'),
      for: ['applicant'],
    },
    ...['submitted', 'pending_reassignment', 'awaiting_confirmation', 'approved', 'returned', 'revoked'].map(list),
    {
      path: '/filings/suspended',
      title: 'filings.menu.suspended',
      component: () => import('./Suspended.vue'),
      for: ['applicant'],
    },
    {
      path: '/filings/:id',
      title: 'filings.detail',
      component: () => import('./FilingPage.vue'),
      for: ['applicant', 'institution', 'supervisor'],
      menu: false,
    },
  ],
} satisfies Module
