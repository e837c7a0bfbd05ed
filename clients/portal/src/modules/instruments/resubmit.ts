/**
 * An edit of what is 已提交: withdraw its filing, save, submit again, to the same institution. The registry hears of the
 * withdrawal by an event, so saving is tried until the instrument is free. Where saving is refused, the instrument as it
 * was is submitted again: nobody loses a filing by a slip of the pen.
 */
import { ask, filing, registry } from '@/api'
import type { components } from '@/api/generated/filing'
import { Problem } from '@/api/problem'
import type { Draft } from './fields'

const PATIENCE = 10_000 // ms; the event takes a few milliseconds when all is well
const PAUSE = 200 // ms

/** version: of the instrument as it was read. Throws: Problem, also 412 when somebody else has changed it meanwhile. */
export async function saveAndResubmit(
  id: string,
  version: number,
  changes: Partial<Draft>,
  papers: () => Promise<void> = async () => {},
): Promise<void> {
  const open = (
    await ask(filing.GET('/api/filing/filings', { params: { query: { instrument_id: id, state: 'submitted' } } }))
  ).items[0]
  if (!open) {
    await save(id, version, changes) // the institution was quicker: then the rules of that state hold
    return papers()
  }
  wholly(await ask(filing.POST('/api/filing/filings/actions/withdraw', { body: { selection: { ids: [open.id] } } })))
  let refusal: unknown
  try {
    await untilFree(() => save(id, version, changes))
    await untilFree(papers)
  } catch (error) {
    refusal = error
  }
  await untilFree(() => submitAgain(id, open))
  if (refusal) throw refusal
}

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

async function submitAgain(id: string, before: components['schemas']['FilingView']): Promise<void> {
  const body = {
    selection: { ids: [id] },
    institution_id: before.institution_id,
    accept_responsibility: true,
    authorize_province: before.authorize_province ?? false,
  }
  wholly(await ask(filing.POST('/api/filing/filings', { body })))
}

/** Throws: Problem with the reason of the one that was refused. */
function wholly(outcome: object): void {
  const refused = 'failed' in outcome ? (outcome.failed as { code: string; detail: string }[])[0] : undefined
  if (refused) throw new Problem(409, refused.code, refused.detail)
}

async function untilFree(work: () => Promise<void>): Promise<void> {
  for (const end = Date.now() + PATIENCE; ;) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'filing_open' || Date.now() > end) throw error
      await new Promise((resolve) => setTimeout(resolve, PAUSE))
    }
  }
}
