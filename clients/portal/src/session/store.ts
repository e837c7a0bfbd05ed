/** The signed-in account. All tabs follow a sign-in and a sign-out. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { ask, identity } from '@/api'
import type { components } from '@/api/generated/identity'
import { caught } from '@/api/problem'
import { forget, keep, refresh, whenLost } from '@/api/token'

export type Account = components['schemas']['AccountView']
export type Credentials = components['schemas']['SignInRequest']

const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('qj-session')

const WAS_HERE = 'qj-signed-in'

export const useSession = defineStore('session', () => {
  const account = ref<Account | null>(null)
  /** The session has ended while the user works: a dialog asks to sign in again, and the page stays as it is. */
  const lost = ref(false)
  let answerLost: ((back: boolean) => void) | null = null

  const approved = computed(() => account.value?.status === 'approved')

  /** Resumes the session of the cookie. Called once, before the first page. */
  async function resume(): Promise<void> {
    if (!localStorage.getItem(WAS_HERE)) return // this browser has never signed in, so it has no cookie
    try {
      account.value = (await refresh())?.account ?? null
      if (!account.value) localStorage.removeItem(WAS_HERE)
    } catch {
      account.value = null
    }
  }

  /** Throws: Problem (wrong password, captcha_required, 429 with retryAfter …). */
  async function signIn(credentials: Credentials): Promise<void> {
    const answer = await ask(identity.POST('/api/identity/sessions', { body: credentials }))
    const another = lost.value && account.value && account.value.id !== answer.account.id
    keep(answer)
    account.value = answer.account
    localStorage.setItem(WAS_HERE, 'yes')
    channel?.postMessage({ signedIn: answer.account.id })
    lost.value = false
    answerLost?.(!another) // the previous person made the waiting requests: do not send them as another account
    answerLost = null
    if (another) window.location.assign('/')
  }

  async function signOut(): Promise<void> {
    await ask(identity.DELETE('/api/identity/sessions/current')).catch(caught)
    ended()
    channel?.postMessage({ signedIn: null })
  }

  /** Signs out in this tab. */
  function ended(): void {
    forget()
    localStorage.removeItem(WAS_HERE)
    account.value = null
    lost.value = false
    answerLost?.(false)
    answerLost = null
  }

  async function reload(): Promise<void> {
    account.value = await ask(identity.GET('/api/identity/me'))
  }

  whenLost(() => {
    if (!account.value) return Promise.resolve(false)
    lost.value = true
    return new Promise((resolve) => (answerLost = resolve))
  })
  channel?.addEventListener('message', ({ data }) => {
    const here = account.value?.id ?? null
    if (data.signedIn === here && !lost.value) return
    // Another tab signed out, or signed in again or as another account: start again with the current cookie.
    window.location.assign(data.signedIn ? window.location.href : '/sign-in')
  })

  return { account, approved, lost, resume, signIn, signOut, ended, reload }
})
