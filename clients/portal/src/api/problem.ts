/** One refused field: the service's name for it, and the reason in the user's language. */
export interface FieldProblem {
  field: string
  code: string
  message: string
}

/** A refusal of a service, or of the network, as a problem document (RFC 9457). Its detail can be shown to a user. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly errors: FieldProblem[] = [],
    readonly requestId = '',
    /** Seconds until a retry, if the service named them. */
    readonly retryAfter?: number,
    /** Members beside the standard ones, such as the new count of a selection. */
    readonly more: Record<string, unknown> = {},
  ) {
    super(detail)
    this.name = 'Problem'
  }
}

/** Returns the Problem in an answer that is not a success. */
export function problemOf(response: Response, body: unknown): Problem {
  const document = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
  const after = Number(response.headers.get('Retry-After'))
  return new Problem(
    response.status,
    String(document.code ?? `http_${response.status}`),
    String(document.detail ?? document.title ?? response.statusText),
    (document.errors as FieldProblem[] | undefined) ?? [],
    String(document.request_id ?? response.headers.get('X-Request-Id') ?? ''),
    Number.isFinite(after) && after > 0 ? after : undefined,
    document,
  )
}

/** The Problem that was thrown. Anything else is a fault of the portal: it is thrown on. */
export function caught(error: unknown): Problem {
  if (!(error instanceof Problem)) throw error
  return error
}
