/** An import as the page follows it: upload, wait, verdict; then the file that was judged is written, without a second upload. */
import { ask, registry, upload } from '@/api'
import type { components } from '@/api/generated/registry'

export type ImportJob = components['schemas']['ImportView']
export type ErrorLine = components['schemas']['ImportErrorView']
export type ErrorGroup = components['schemas']['ImportErrorGroupView']
export type ImportKind = 'instruments' | 'addresses' | 'nozzles'
export type Mode = 'all_or_nothing' | 'valid_rows'

export interface Order {
  file: File
  kind: ImportKind
  /** A header of the file → a header of the template, or ''. */
  mapping: Record<string, string>
}

export const isOpen = (job: ImportJob) => ['queued', 'running'].includes(job.state)

export function judge({ file, kind, mapping }: Order, progress: (share: number) => void): Promise<ImportJob> {
  const fields: Record<string, string | Blob> = { file, kind, dry_run: 'true' }
  if (Object.keys(mapping).length) fields.mapping = JSON.stringify(mapping)
  return upload<ImportJob>('/api/registry/imports', fields, progress)
}

/** Write what a dry run judged. */
export const write = (judged: string, mode: Mode): Promise<ImportJob> =>
  ask(
    registry.POST('/api/registry/imports/{import_id}/write', {
      params: { path: { import_id: judged } },
      body: { mode },
    }),
  )

/** Ask until the job is over; `seen` hears of every step. */
export async function follow(id: string, seen: (job: ImportJob) => void, gone: () => boolean): Promise<void> {
  for (let wait = 200; !gone(); wait = Math.min(wait * 1.4, 2000)) {
    const job = await ask(registry.GET('/api/registry/imports/{import_id}', { params: { path: { import_id: id } } }))
    seen(job)
    if (!isOpen(job)) return
    await new Promise((resolve) => setTimeout(resolve, wait))
  }
}

export const groupsOf = async (id: string): Promise<ErrorGroup[]> =>
  (
    await ask(
      registry.GET('/api/registry/imports/{import_id}/errors/groups', {
        params: { path: { import_id: id }, query: { page_size: 100 } },
      }),
    )
  ).items

export const errorsOf = (id: string, cursor: string) =>
  ask(
    registry.GET('/api/registry/imports/{import_id}/errors', {
      params: { path: { import_id: id }, query: { cursor, page_size: 100 } },
    }),
  )
