import { expect, test } from 'vitest'
import { csvOf, detailsOf, sentence } from './sentence'
import { timeline, type Dated, type Line, type Service } from './timeline'

const line = (id: number, at: string, more: Partial<Line> = {}): Line => ({
  id,
  at,
  actor_kind: 'institution',
  actor_name: '王经办',
  action: 'filings/return_',
  subject: '',
  outcome: 'done',
  ...more,
})
const minute = (n: number) => `2026-12-01T08:${String(n).padStart(2, '0')}:00Z`

/** Trails in pages of two, and how often each was asked. */
function trails(given: Partial<Record<Service, number[]>>) {
  const asked: string[] = []
  const step = async (service: Service, cursor: string) => {
    asked.push(service)
    const minutes = given[service] ?? []
    const from = Number(cursor || 0)
    return {
      items: minutes.slice(from, from + 2).map((n) => line(n, minute(n))),
      next_cursor: from + 2 < minutes.length ? String(from + 2) : null,
    }
  }
  return { asked, step }
}

test('the lines of all services come in one order of time', async () => {
  const { step } = trails({ identity: [9, 7, 2], filing: [8, 6, 5, 4], booking: [3] })
  const all = timeline(['identity', 'filing', 'booking', 'registry'], step)
  expect((await all.next(4)).map((one) => one.id)).toEqual([9, 8, 7, 6])
  expect(all.over).toBe(false)
  expect((await all.next(10)).map((one) => `${one.service} ${one.id}`)).toEqual([
    'filing 5',
    'filing 4',
    'booking 3',
    'identity 2',
  ])
  expect(all.over).toBe(true)
  expect(await all.next(1)).toEqual([])
})

test('a trail is asked again only when its page is used up', async () => {
  const { step, asked } = trails({ identity: [9, 8, 7, 6], filing: [1] })
  await timeline(['identity', 'filing'], step).next(2)
  expect(asked).toEqual(['identity', 'filing'])
})

test.each([
  [
    line(1, minute(1), { detail: { done: 5, refused: 0, reason: '缺少铭牌照片', about: ['BA1', 'BA2'] } }),
    '王经办：退回备案 5 项（BA1、BA2），原因：缺少铭牌照片',
  ],
  [line(1, minute(1), { detail: { done: 1, refused: 0 } }), '王经办：退回备案'],
  [
    line(1, minute(1), { outcome: 'partly', detail: { done: 3, refused: 2 } }),
    '王经办：退回备案，3 项完成，2 项被拒绝',
  ],
  [
    line(1, minute(1), {
      outcome: 'refused',
      detail: { done: 0, refused: 1, refusals: [{ id: 'a', code: 'x', detail: '已被他人处理。' }] },
    }),
    '王经办：退回备案，被拒绝（已被他人处理。）',
  ],
  [
    line(1, minute(1), {
      outcome: 'refused',
      action: 'sessions/create_session',
      actor_kind: 'anonymous',
      actor_name: '',
      detail: { refusal: { zh: '用户名或密码不正确。', en: 'Wrong.' } },
    }),
    '未登录：登录，被拒绝（用户名或密码不正确。）',
  ],
  [line(1, minute(1), { outcome: 'queued', detail: { count: 3000 } }), '王经办：退回备案 3000 项，转入后台处理'],
  [line(1, minute(1), { outcome: 'failed', action: 'unknown/thing' }), '王经办：unknown/thing，系统出错'],
])('a line is a sentence', (given, said) => {
  expect(sentence(given)).toBe(said)
})

test('what changed is told before and after', () => {
  const detail = {
    changes: [
      { of: 'result', field: 'conclusion', before: 'pass', after: 'fail', count: 1 },
      { of: 'filing', field: 'state', before: 'submitted', after: 'approved', count: 200 },
      { of: 'account', field: '', before: '', after: '', count: 1 },
    ],
  }
  expect(detailsOf(line(1, minute(1), { detail }))).toEqual([
    '结论：合格 → 不合格',
    '状态：已提交 → 已通过（200 项）',
    '删除 account',
  ])
})

test('an export opens as text in a spreadsheet', () => {
  const rows = csvOf(
    [{ ...line(1, minute(1), { subject: '=1+1', detail: { reason: '“引号”"与\n换行' } }), service: 'filing' } as Dated],
    (at) => at,
  ).split('\r\n')
  expect(rows[0]).toContain('"时间","业务"')
  expect(rows[1]).toContain(`"'=1+1"`)
  expect(rows[1]).toContain('""与\n换行"')
})
