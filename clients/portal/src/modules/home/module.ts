import { HomeFilled } from '@element-plus/icons-vue'
import { EVERYBODY, type Module } from '@/frame/module'

export default {
  title: 'home.home',
  icon: HomeFilled,
  order: 0,
  pages: [{ path: '/home', title: 'home.home', component: () => import('./Home.vue'), for: EVERYBODY }],
} satisfies Module
