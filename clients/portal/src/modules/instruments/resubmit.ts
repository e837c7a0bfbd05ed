/**
 * An edit of what is 已提交: withdraw its filing, save, submit again, to the same institution. The registry hears of the
 * withdrawal by an event, so saving is tried until the instrument is free.
 */
import { ask, filing, registry } from '@/api'
import { Problem } from '@/api/problem'
import type { Draft } from './fields'

const PATIENCE = 10_000 // ms; the event takes a few milliseconds when all is well

export async function saveAndResubmit(id: string, version: number, changes: Partial<Draft>): Promise<void> {
  const open = (await ask(filing.GET('/api/filing/filings', { params: { query: { instrument_id: id, state: 'submitted' } } }))).items[0]
  if (!open) return save(id, version, changes)
  const outcome = await ask(filing.POST('/api/filing/filings/actions/withdraw', { body: { selection: { ids: [open.id] } } }))
  const refused = 'failed' in outcome ? outcome.failed?.[0] : undefined
  if (refused) throw new Problem(409, refused.code, refused.detail)
  await saveWhenFree(id, version, changes)
  const again = await ask(
    filing.POST('/api/filing/filings', {
      body: { selection: { ids: [id] }, institution_id: open.institution_id, accept_responsibility: true, authorize_province: open.authorize_province ?? false },
    }),
  )
  const failed = 'failed' in again ? again.failed?.[0] : undefined
  if (failed) throw new Problem(409, failed.code, failed.detail)
}

/** Throws: Problem, also 412 when somebody else has changed it meanwhile. */
export async function save(id: string, version: number, changes: Partial<Draft>): Promise<void> {
  await ask(
    registry.PATCH('/api/registry/instruments/{instrument_id}', {
      params: { path: { instrument_id: id } },
      headers: { 'If-Match': `"${version}"` },
      body: changes,
    }),
  )
}

async function saveWhenFree(id: string, version: number, changes: Partial<Draft>): Promise<void> {
  const end = Date.now() + PATIENCE
  for (let at = version; ; ) {
    try {
      return await save(id, at, changes)
    } catch (error) {
      if (!(error instanceof Problem) || !['filing_open', 'stale'].includes(error.code) || Date.now() > end) throw error
      await new Promise((resolve) => setTimeout(resolve, 200))
      at = (await ask(registry.GET('/api/registry/instruments/{instrument_id}', { params: { path: { instrument_id: id } } }))).version
    }
  }
}
