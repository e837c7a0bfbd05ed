/** What is done to bookings, each with its confirmation. */
import { booking } from '@/api'
import { runCommand, type Command, type Field, type Outcome } from '@/parts/command'
import type { Selection } from '@/parts/list'
import { t } from '@/words'
import type { Booking } from './offers'

export type ForMany = 'cancel' | 'confirm' | 'reject'
type Plain = ForMany | 'start' | 'complete' | 'no_show'
type Asked = Pick<Booking, 'id' | 'number'>

const reason = (required: boolean): Field => ({ key: 'reason', label: t('bookings.f.reason'), kind: 'text', required })
const FIELDS: Partial<Record<Plain, () => Field[]>> = { cancel: () => [reason(false)], reject: () => [reason(true)] }

const command = (action: Plain, n: number, number: string, send: Command['send']): Command => ({
  title: t(`bookings.act.${action}`),
  text: t(`bookings.ask.${action}`, { n, number }),
  service: 'booking',
  danger: action === 'cancel' || action === 'reject',
  confirm: t(`bookings.act.${action}`),
  fields: FIELDS[action]?.(),
  send,
})

/** A selection in one call: each by itself, beyond a thousand as a job. */
export function actOnSelected(action: ForMany, selection: Selection, n: number, names?: Map<string, string>): Promise<Outcome | null> {
  const send: Command['send'] = (values, meant) =>
    booking.POST(`/api/booking/bookings/actions/${action}` as '/api/booking/bookings/actions/cancel', { body: { selection: meant, ...values } as never })
  return runCommand({ ...command(action, n, '', send), names, selection })
}

export function actOn(action: Plain, { id, number }: Asked): Promise<Outcome | null> {
  return runCommand(
    command(action, 1, number, async (values) => {
      const { error, response } = await booking.POST(`/api/booking/bookings/{booking_id}/${action}` as '/api/booking/bookings/{booking_id}/cancel', { params: { path: { booking_id: id } }, body: values as never })
      return { data: response.ok ? {} : undefined, error, response }
    }),
  )
}
