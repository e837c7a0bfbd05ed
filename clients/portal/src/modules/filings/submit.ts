/** 提交备案: one dialog for one, the selected, the query's result or all; it ends with the receipt. */
import { filing } from '@/api'
import { holds, institutions } from '@/parts/reference'
import { runCommand, type Outcome } from '@/parts/command'
import type { Selection } from '@/parts/list'
import { useSession } from '@/session/store'
import { t } from '@/words'
import SubmitReceipt from './SubmitReceipt.vue'
import Responsibility from './Responsibility.vue'

/** The city institution to propose for a division: '' where there is none. */
export function proposedFor(
  division: string | null | undefined,
  all: readonly { id: string; tier: string; division_code: string }[],
): string {
  return (division && all.find((one) => one.tier === 'city' && holds(one.division_code, division))?.id) || ''
}

interface Submission {
  /** Over instruments. */
  selection: Selection
  n: number
  names?: Map<string, string>
  /** Area of use of the instruments, where it is known. */
  division?: string
  again?: boolean
}

export async function submitFilings({ selection, n, names, division, again }: Submission): Promise<Outcome | null> {
  await institutions.ready()
  const account = useSession().account
  return runCommand({
    title: t(again ? 'filings.resubmit' : 'filings.submit'),
    text: t(again ? 'filings.ask.resubmit' : 'filings.ask.submit', { n }),
    service: 'filing',
    confirm: t('filings.submit_n', { n }),
    body: Responsibility,
    names,
    receipt: SubmitReceipt,
    fields: [
      {
        key: 'institution_id',
        label: t('filings.f.to_institution'),
        kind: 'institution',
        required: true,
        filter: { tier: 'city' },
        initial: proposedFor(division ?? account?.division_code, institutions.items.value),
        hint: t('filings.hint.institution'),
      },
      { key: 'accept_responsibility', label: t('filings.accept'), kind: 'check', required: true },
      { key: 'authorize_province', label: t('filings.authorize'), kind: 'check', hint: t('filings.hint.authorize') },
    ],
    selection,
    send: (values, meant) => filing.POST('/api/filing/filings', { body: { ...values, selection: meant } as never }),
  })
}
