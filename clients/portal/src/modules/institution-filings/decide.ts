/** What an institution or a supervisor decides, on one filing or many. */
import { filing } from '@/api'
import { runCommand, type Field, type Outcome } from '@/parts/command'
import type { Selection } from '@/parts/list'
import { filingMoves, type FilingMove } from '@/terms/rules'
import { t, term } from '@/words'

export type Decision = Extract<
  FilingMove,
  'approve' | 'return' | 'dispatch' | 'forward' | 'confirm' | 'recall' | 'decline' | 'revoke'
>

const reason = (required = true): Field => ({
  key: 'reason',
  label: t(required ? 'institution-filings.reason' : 'institution-filings.reason_if_any'),
  kind: 'text',
  required,
})
const fieldsOf = (move: Decision, city?: string | null): Field[] => {
  if (move === 'return') {
    const options = ['incomplete', 'not_in_catalog', 'other'].map((value) => ({ value, label: term('reason', value) }))
    return [
      {
        key: 'reason_code',
        label: t('filings.f.reason_code'),
        kind: 'choice',
        required: true,
        options,
        initial: 'incomplete',
      },
      reason(),
    ]
  }
  if (move === 'decline' || move === 'revoke') return [reason()]
  if (move === 'dispatch')
    return [
      {
        key: 'institution_id',
        label: t('institution-filings.to_county'),
        kind: 'institution',
        required: true,
        filter: { tier: 'county', ...(city ? { parent_id: city } : {}) },
      },
      reason(false),
    ]
  return [reason(false)]
}

interface Account {
  institution_id?: string | null
  tier?: string | null
}

export type DeskState =
  'submitted' | 'awaiting_confirmation' | 'pending_reassignment' | 'approved' | 'returned' | 'revoked'

/** Whose turn it is: here where something can be decided; elsewhere everything that passed through here is shown. */
export function scopeOf(state: DeskState, account: Account | null): Record<string, string> {
  const mine = account?.institution_id ?? ''
  const decisions = decisionsOn(state, account?.tier)
  // what can be recalled is at another institution: everything that passed through here is shown
  if (!decisions.length || !mine || decisions.includes('recall')) return { state }
  return { state, ...(state === 'approved' ? { holder_id: mine } : { institution_id: mine }) }
}

/** shown: what the clerk saw. A filing that was amended since then is not decided. */
export function decide(
  move: Decision,
  selection: Selection,
  n: number,
  names: Map<string, string> | undefined,
  account: Account | null,
  shown: {
    versions?: Map<string, string>
    /** Of the selection, how many declare a validity; 'unknown': not all of them were seen. */
    declared?: number | 'unknown'
  } = {},
): Promise<Outcome | null> {
  return runCommand({
    title: t(`institution-filings.act.${move}`),
    text: t(`institution-filings.ask.${move}`, { n }),
    warning: warningOf(move, shown.declared ?? 0),
    service: 'filing',
    danger: ['return', 'decline', 'revoke'].includes(move),
    confirm: `${t(`institution-filings.act.${move}`)} ${n} ${t('instruments.unit')}`,
    fields: fieldsOf(move, account?.institution_id),
    names,
    selection,
    send: ({ reason: why, ...values }, meant) =>
      filing.POST(`/api/filing/filings/actions/${move}`, {
        body: { ...values, ...(why ? { reason: why } : {}), ...seen(meant, shown.versions), selection: meant },
      }),
  })
}

/** The versions of the picked filings, as shown. A selection by filter has none: nobody saw each row. */
export const seen = (meant: Selection, versions = new Map<string, string>()) =>
  'ids' in meant
    ? { versions: Object.fromEntries(meant.ids.flatMap((id) => (versions.has(id) ? [[id, +versions.get(id)!]] : []))) }
    : {}

function warningOf(move: Decision, declared: number | 'unknown'): string | undefined {
  if ((move !== 'approve' && move !== 'confirm') || declared === 0) return undefined
  return declared === 'unknown'
    ? t('institution-filings.declared_any')
    : t('institution-filings.declared', { n: declared })
}

/** Returns the decisions that an institution of a tier may make on filings in a state. */
export const decisionsOn = (state: string, tier: string | null | undefined): Decision[] =>
  filingMoves(state, { kind: 'institution', tier }) as Decision[]
