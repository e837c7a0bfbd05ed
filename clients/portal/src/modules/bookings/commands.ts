/** What is done to a booking, each with its confirmation. */
import { booking } from '@/api'
import { runCommand, type Field, type Outcome } from '@/parts/command'
import type { Selection } from '@/parts/list'
import { t } from '@/words'
import type { Booking } from './offers'

type Plain = 'cancel' | 'confirm' | 'reject' | 'start' | 'complete' | 'no_show'
type Asked = Pick<Booking, 'id' | 'number'>

const reason = (required: boolean): Field => ({ key: 'reason', label: t('bookings.f.reason'), kind: 'text', required })
const FIELDS: Partial<Record<Plain, () => Field[]>> = { cancel: () => [reason(false)], reject: () => [reason(true)] }

/** 预约确认 of a selection in one call: each by itself, beyond a thousand as a job. */
export function confirmSelected(selection: Selection, n: number, names?: Map<string, string>): Promise<Outcome | null> {
  return runCommand({
    title: t('bookings.act.confirm'),
    text: t('bookings.ask.confirm', { n }),
    service: 'booking',
    confirm: t('bookings.act.confirm'),
    names,
    send: () => booking.POST('/api/booking/bookings/actions/confirm', { body: { selection } as never }),
  })
}

/** One booking or many, each by itself: what is refused is told with its number. */
export function actOn(action: Plain, bookings: Asked[]): Promise<Outcome | null> {
  const names = new Map(bookings.map((one) => [one.id, one.number]))
  return runCommand({
    title: t(`bookings.act.${action}`),
    text: t(`bookings.ask.${action}`, { n: bookings.length, number: bookings[0]?.number ?? '' }),
    service: 'booking',
    danger: action === 'cancel' || action === 'reject',
    confirm: t(`bookings.act.${action}`),
    fields: FIELDS[action]?.(),
    names,
    send: async (values) => {
      const call = (id: string) => booking.POST(`/api/booking/bookings/{booking_id}/${action}` as '/api/booking/bookings/{booking_id}/cancel', { params: { path: { booking_id: id } }, body: values as never })
      if (bookings.length === 1) return call(bookings[0].id).then(({ error, response }) => ({ data: response.ok ? {} : undefined, error, response }))
      const outcome: Outcome = { done: 0, failed: [] }
      for (const { id } of bookings) {
        const { error, response } = await call(id)
        if (response.ok) outcome.done++
        else outcome.failed.push({ id, ...(error as unknown as { code: string; detail: string }) })
      }
      return { data: outcome, response: new Response() }
    },
  })
}
