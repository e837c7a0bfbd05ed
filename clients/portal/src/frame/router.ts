import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { Problem } from '@/api/problem'
import { tell } from '@/parts/tell'
import { useSession } from '@/session/store'
import { t } from '@/words'
import { admits, type Audience, type Page } from './module'
import { modules } from './modules'

declare module 'vue-router' {
  interface RouteMeta {
    title: string
    for?: Audience
    /** Open to people whose registration is not approved yet. */
    pending?: boolean
    page?: Page
    group?: string
  }
}

const pages: RouteRecordRaw[] = modules.flatMap((module) =>
  module.pages.map((page) => ({
    path: page.path,
    component: page.component,
    props: page.props ? (route) => ({ ...page.props, ...route.params }) : true,
    meta: { title: page.title, for: page.for, page, group: module.title },
  })),
)

/** Pages for people who are not signed in or not approved. */
const open: RouteRecordRaw[] = [
  { path: '/sign-in', component: () => import('@/session/SignIn.vue'), meta: { title: 'session.sign_in' } },
  { path: '/register', component: () => import('@/session/Register.vue'), meta: { title: 'session.register' } },
  { path: '/forgot', component: () => import('@/session/Forgot.vue'), meta: { title: 'session.forgot' } },
  { path: '/wechat-login', component: () => import('@/session/WechatReturn.vue'), meta: { title: 'session.wechat' } },
  { path: '/invitation', component: () => import('@/session/Invitation.vue'), meta: { title: 'session.invitation' } },
  {
    path: '/registration',
    component: () => import('@/session/Registration.vue'),
    meta: { title: 'session.registration', pending: true },
  },
]

export const router = createRouter({
  history: createWebHistory(),
  scrollBehavior: (_to, _from, kept) => kept ?? { top: 0 },
  routes: [
    ...open,
    {
      path: '/',
      component: () => import('./Frame.vue'),
      meta: { title: '' },
      children: [
        ...pages,
        {
          path: '/no-permission',
          component: () => import('./NotFound.vue'),
          props: { why: 'no_permission' },
          meta: { title: 'frame.no_permission' },
        },
        {
          path: '/:rest(.*)*',
          component: () => import('./NotFound.vue'),
          props: { why: 'not_found' },
          meta: { title: 'frame.not_found' },
        },
      ],
    },
  ],
})

router.beforeEach((to) => {
  const session = useSession()
  if (open.some((route) => route.path === to.path) && !to.meta.pending) return true
  if (!session.account) return { path: '/sign-in', query: to.path === '/' ? {} : { next: to.fullPath } }
  if (!session.approved && !to.meta.pending) return '/registration'
  if (session.approved && to.meta.pending) return '/'
  if (to.path === '/') return '/home'
  if (to.meta.for && !admits(to.meta.for, session.account)) return { path: '/no-permission', query: { path: to.path } }
  return true
})

router.afterEach((to) => {
  document.title = to.meta.title ? `${t(to.meta.title)} · ${t('frame.product')}` : t('frame.product')
})

// After a new release the old chunks are gone: reload the page, once. Without a network a reload would lose the current
// page: stay and show a message.
router.onError(async (error, to) => {
  if (!/dynamically imported module|Importing a module|module script failed|preload CSS/i.test(String(error))) return
  const reached = await fetch('/index.html', { cache: 'no-store' }).then(
    () => true,
    () => false,
  )
  if (!reached) return tell(new Problem(0, 'network', ''))
  const at = sessionStorage.getItem('qj-reloaded')
  if (at !== to.fullPath) {
    sessionStorage.setItem('qj-reloaded', to.fullPath)
    window.location.assign(to.fullPath)
  }
})
