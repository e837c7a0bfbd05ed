import { registry } from '@/api'
import { runCommand } from '@/parts/command'
import { t } from '@/words'

/** Ask for a reason, and propose that the certificate be void. */
export const proposeVoid = (number: string) =>
  runCommand({
    title: t('certificate-changes.void_title', { number }),
    text: t('certificate-changes.void_about', { number }),
    service: 'registry',
    danger: true,
    confirm: t('certificate-changes.propose_void'),
    fields: [{ key: 'reason', label: t('certificate-changes.reason'), kind: 'text', required: true }],
    send: (values) =>
      registry.POST('/api/registry/certificates/{number}/void', {
        params: { path: { number } },
        body: { reason: String(values.reason) },
      }),
    said: () => t('certificate-changes.proposed'),
  })
