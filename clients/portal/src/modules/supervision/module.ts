import { DataAnalysis } from '@element-plus/icons-vue'
import type { Module } from '@/frame/module'

export default {
  title: 'supervision.title',
  icon: DataAnalysis,
  order: 5,
  pages: [
    {
      path: '/supervision/statistics',
      title: 'supervision.statistics',
      component: () => import('./Statistics.vue'),
      for: ['supervisor', 'admin'],
    },
    {
      path: '/supervision/ledger',
      title: 'supervision.ledger',
      component: () => import('./Ledger.vue'),
      for: ['supervisor', 'institution', 'admin'],
    },
    {
      path: '/supervision/ledger/:id',
      title: 'instruments.detail_title',
      component: () => import('../instruments/InstrumentDetail.vue'),
      for: ['supervisor', 'institution', 'admin'],
      menu: false,
      under: '/supervision/ledger',
    },
  ],
} satisfies Module
