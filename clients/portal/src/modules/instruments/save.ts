/** Saving what was edited: the instrument alone, or together with its filing that is 已提交. */
import { ask, filing, registry } from '@/api'
import { Problem } from '@/api/problem'
import type { Draft } from './fields'

/** version: of the instrument as it was read. Throws: Problem, also 412 when somebody else has changed it meanwhile. */
export async function save(id: string, version: number, changes: Partial<Draft>): Promise<void> {
  if (!Object.keys(changes).length) return
  await ask(
    registry.PATCH('/api/registry/instruments/{instrument_id}', {
      params: { path: { instrument_id: id } },
      headers: { 'If-Match': `"${version}"` },
      body: changes,
    }),
  )
}

/** The same with the filing that is submitted. Was the institution quicker, the rules of the filing's new state hold. */
export async function amend(id: string, version: number, changes: Partial<Draft>): Promise<void> {
  const query = { instrument_id: id, state: 'submitted' }
  const open = (await ask(filing.GET('/api/filing/filings', { params: { query } }))).items[0]
  if (!open) return save(id, version, changes)
  try {
    await ask(
      filing.POST('/api/filing/filings/{filing_id}/amend', {
        params: { path: { filing_id: open.id } },
        headers: { 'If-Match': `"${version}"` },
        body: { changes },
      }),
    )
  } catch (error) {
    throw error instanceof Problem ? ofTheForm(error) : error
  }
}

/** The form knows its fields without the name of what they are sent in. */
const ofTheForm = ({ status, code, detail, errors, requestId, retryAfter, more }: Problem) =>
  new Problem(
    status,
    code,
    detail,
    errors.map((line) => ({ ...line, field: line.field.replace(/^changes\./, '') })),
    requestId,
    retryAfter,
    more,
  )
