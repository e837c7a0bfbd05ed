/** What waits for somebody of an institution: each number is the total of the very list that its card opens. */
import { ask, booking, filing, identity, registry } from '@/api'
import { scopeOf, type DeskState } from '@/modules/institution-filings/decide'
import type { Account } from '@/session/store'

export interface Work {
  key: string
  to: string
  count(): Promise<number>
}

const ONE = { page_size: 1 }
const total = async (page: Promise<{ total?: number }>) => (await page).total ?? 0
const bookings = (query: object) =>
  total(ask(booking.GET('/api/booking/bookings', { params: { query: { ...query, ...ONE } } })))

/** Every card there is; which of them an account gets is decided by the pages that it may open. */
export function workOf(account: Account): Work[] {
  const filings = (state: DeskState): Work => ({
    key: state,
    to: `/desk/filings/${state}`,
    count: () =>
      total(
        ask(filing.GET('/api/filing/filings', { params: { query: { ...scopeOf(state, account), ...ONE } as never } })),
      ),
  })
  const listed = (state: string): Work => ({
    key: state,
    to: `/desk/bookings/${state}`,
    count: () => bookings({ state }),
  })
  return [
    {
      key: 'registrations',
      to: '/desk/registrations',
      count: () =>
        total(ask(identity.GET('/api/identity/registrations', { params: { query: { status: 'pending', ...ONE } } }))),
    },
    ...(['submitted', 'awaiting_confirmation', 'pending_reassignment', 'approved'] as const).map(filings),
    ...['pending', 'confirmed', 'received'].map(listed),
    { key: 'results', to: '/desk/results', count: () => bookings({ state: 'in_progress' }) },
    { key: 'sign', to: '/desk/sign', count: () => bookings({ to_sign: true }) },
    { key: 'check', to: '/desk/check', count: () => bookings({ to_check: true }) },
    {
      key: 'certificate_changes',
      to: '/desk/certificate-changes/to-confirm',
      count: () =>
        total(
          ask(registry.GET('/api/registry/certificate-changes', { params: { query: { to_confirm: true, ...ONE } } })),
        ),
    },
    listed('completed'),
  ]
}
