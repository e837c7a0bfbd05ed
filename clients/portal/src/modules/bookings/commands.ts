/** What is done to bookings, each with its confirmation. */
import { ask, booking } from '@/api'
import { runCommand, type Command, type Field, type Outcome } from '@/parts/command'
import type { Selection } from '@/parts/list'
import { t, term } from '@/words'
import type { Booking } from './offers'

export type ForMany = 'cancel' | 'confirm' | 'reject'
type Plain = ForMany | 'end' | 'start' | 'no_show'
type OnVersion = 'sign' | 'send_back' | 'complete'
type Asked = Pick<Booking, 'id' | 'number'>
type Read = Pick<Booking, 'id' | 'number' | 'version'>

const why = (required: boolean): Field => ({ key: 'reason', label: t('bookings.f.reason'), kind: 'text', required })
const FIELDS: Partial<Record<Plain | OnVersion, () => Field[]>> = {
  cancel: () => [why(false)],
  reject: () => [why(true)],
  end: () => [why(true)],
  send_back: () => [why(true)],
}

const command = (action: Plain | OnVersion, n: number, number: string, send: Command['send']): Command => ({
  title: t(`bookings.act.${action}`),
  text: t(`bookings.ask.${action}`, { n, number }),
  service: 'booking',
  danger: ['cancel', 'reject', 'end', 'send_back'].includes(action),
  confirm: t(`bookings.act.${action}`),
  fields: FIELDS[action]?.(),
  send,
})

/** A selection in one call: each by itself, beyond a thousand as a job. */
export function actOnSelected(
  action: ForMany,
  selection: Selection,
  n: number,
  names?: Map<string, string>,
): Promise<Outcome | null> {
  const send: Command['send'] = (values, meant) =>
    booking.POST(`/api/booking/bookings/actions/${action}` as '/api/booking/bookings/actions/cancel', {
      body: { selection: meant, ...values },
    })
  return runCommand({ ...command(action, n, '', send), names, selection })
}

export function actOn(action: Plain, { id, number }: Asked): Promise<Outcome | null> {
  return runCommand(
    command(action, 1, number, async (values) => {
      const { error, response } = await booking.POST(
        `/api/booking/bookings/{booking_id}/${action === 'end' ? 'reject' : action}` as '/api/booking/bookings/{booking_id}/cancel',
        { params: { path: { booking_id: id } }, body: values },
      )
      return { data: response.ok ? {} : undefined, error, response }
    }),
  )
}

/** An act that one answers for with one's name: refused where the booking changed since it was read. */
export function actOnVersion(
  action: OnVersion,
  { id, number, version }: Read,
  verdicts: { pass: number; fail: number },
): Promise<Outcome | null> {
  const read = { params: { path: { booking_id: id } }, headers: { 'If-Match': `"${version}"` } }
  const send: Command['send'] = async ({ reason }) => {
    const { error, response } =
      action === 'send_back'
        ? await booking.POST('/api/booking/bookings/{booking_id}/send_back', { ...read, body: { reason } })
        : await booking.POST(
            `/api/booking/bookings/{booking_id}/${action}` as '/api/booking/bookings/{booking_id}/sign',
            read,
          )
    return { data: response.ok ? {} : undefined, error, response }
  }
  return runCommand({ ...command(action, 1, number, send), text: t(`bookings.ask.${action}`, { number, ...verdicts }) })
}

/** 改期 of many to one of the institution's free periods; each applicant has to agree. */
export async function moveMany(
  ids: string[],
  institution: string,
  mode: 'deliver' | 'onsite',
): Promise<Outcome | null> {
  const slots = (
    await ask(booking.GET('/api/booking/slots', { params: { query: { institution_id: institution, mode } } }))
  ).items.filter((slot) => slot.free > 0)
  const options = slots.map((slot) => ({
    value: `${slot.date} ${slot.period}`,
    label: `${slot.date} ${term('period', slot.period)} · ${t('bookings.free', { n: slot.free })}`,
  }))
  return runCommand({
    title: t('bookings.act.reschedule'),
    text: t('bookings.ask.move_many', { n: ids.length }),
    service: 'booking',
    fields: [{ key: 'slot', label: t('bookings.f.date'), kind: 'choice', required: true, options }],
    send: (values) => {
      const [date, period] = String(values.slot).split(' ') as [string, 'am' | 'pm']
      return booking.POST('/api/booking/bookings/actions/reschedule', {
        body: { selection: { ids }, date, period },
      })
    },
  })
}
