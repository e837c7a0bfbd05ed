import { ElMessage } from 'element-plus'
import 'element-plus/es/components/message/style/css'
import type { Problem } from '@/api/problem'
import { t } from '@/words'

/** Shows a refusal to the user: what happened, and what to do next. */
export function sayProblem(problem: Problem): string {
  if (problem.code === 'network') return t('parts.network')
  if (problem.status >= 500) return `${problem.detail || t('parts.unavailable')}（${problem.requestId}）`
  return problem.detail
}

export function tell(problem: Problem): void {
  ElMessage({ type: 'error', message: sayProblem(problem), duration: 6000, showClose: true, grouping: true })
}

export function tellMore(text: string): void {
  ElMessage({ type: 'warning', message: text, duration: 6000, showClose: true, grouping: true })
}

export function tellDone(text: string): void {
  ElMessage({ type: 'success', message: text, duration: 3000, grouping: true })
}
