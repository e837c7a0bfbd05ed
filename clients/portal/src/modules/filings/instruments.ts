/** What 备案管理 offers to do with instruments themselves. */
import { registry } from '@/api'
import { runCommand, type Outcome } from '@/parts/command'
import type { Selection } from '@/parts/list'
import { t } from '@/words'

export type InstrumentAction = 'resume' | 'suspend' | 'scrap' | 'delete'

export function actOnInstruments(
  action: InstrumentAction,
  selection: Selection,
  n: number,
  names?: Map<string, string>,
): Promise<Outcome | null> {
  const word = action === 'delete' ? 'remove' : action
  return runCommand({
    title: t(`instruments.${word}`),
    text: action === 'resume' ? t('filings.ask.resume', { n }) : t(`instruments.ask.${word}`, { n }),
    service: 'registry',
    danger: action === 'scrap' || action === 'delete',
    confirm: `${t(`instruments.${word}`)} ${n} ${t('instruments.unit')}`,
    fields:
      action === 'suspend' || action === 'scrap'
        ? [{ key: 'reason', label: t('instruments.reason'), kind: 'text' }]
        : [],
    names,
    selection,
    send: (values, meant) =>
      registry.POST(`/api/registry/instruments/actions/${action}`, { body: { ...values, selection: meant } }),
  })
}
