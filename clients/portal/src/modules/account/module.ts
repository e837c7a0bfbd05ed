import { UserFilled } from '@element-plus/icons-vue'
import { EVERYBODY, type Module, type Page } from '@/frame/module'

const own = (path: string, title: string, component: Page['component']): Page => ({
  path,
  title,
  component,
  for: EVERYBODY,
  menu: false,
})

export default {
  title: 'account.other',
  icon: UserFilled,
  order: 90,
  pages: [
    {
      path: '/account/sub-users',
      title: 'account.sub_users',
      component: () => import('./SubUsers.vue'),
      for: ['owner'],
    },
    own('/account/profile', 'account.profile', () => import('./Profile.vue')),
    own('/account/password', 'account.password', () => import('./Password.vue')),
    own('/account/wechat', 'account.wechat', () => import('./Wechat.vue')),
    own('/account/sessions', 'account.sessions', () => import('./Sessions.vue')),
    own('/messages', 'account.messages', () => import('./Messages.vue')),
  ],
} satisfies Module
