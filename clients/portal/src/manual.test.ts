/** The manual's names of menus, tabs and buttons (一 to 七), and our keys with the same text. */
import { expect, test } from 'vitest'
import { t } from '@/words'

const NAMES: Record<string, Record<string, string>> = {
  一: {
    注册账户: 'session.register',
    用户类型: 'session.user_type',
    申请方: 'terms.kind.applicant',
    '企业/单位': 'session.enterprise',
    下载模板: 'session.letter_blank',
    '《法人授权书》': 'session.letter',
    自行注销: 'session.delete_account',
    微信登录: 'session.wechat',
    绑定微信: 'session.wechat_binding',
  },
  二: {
    首页: 'frame.home',
    用户设置: 'frame.user_menu',
    仪器总数: 'home.total',
    已备案: 'home.filed',
    备案退回: 'home.returned',
    最新仪器动态: 'home.instrument_news',
  },
  三: {
    仪器管理: 'instruments.title',
    全部仪器: 'instruments.views.all',
    须检仪器: 'instruments.views.due',
    超期未检: 'instruments.views.overdue',
    无效仪器: 'instruments.views.invalid',
    不合格: 'instruments.views.failed',
    已报废: 'instruments.views.scrapped',
    预约检定: 'instruments.book',
    停用: 'instruments.suspend',
    报废: 'instruments.scrap',
    选择列: 'parts.columns',
    查看: 'parts.view',
    历史: 'instruments.tabs.history',
    证书: 'instruments.tabs.certificates',
    添加: 'instruments.add',
    编辑: 'parts.edit',
    复制: 'instruments.copy',
    删除: 'instruments.remove',
    清空: 'instruments.clear_all',
    模板: 'instruments.template',
    导出: 'instruments.export',
    导入: 'instruments.import',
    更多导入: 'instruments.more_import',
    逐行导入: 'instruments.rows',
    更新地址: 'instruments.addresses',
    更换加油枪: 'instruments.nozzles',
    器具用途: 'instruments.f.purpose',
    相关资料: 'instruments.form.files',
    安全防护: 'terms.purpose.safety',
    医疗卫生: 'terms.purpose.medical',
    贸易结算: 'terms.purpose.trade',
    环境监测: 'terms.purpose.environment',
  },
  四: {
    备案管理: 'filings.title',
    待备案: 'filings.menu.unfiled',
    被退回: 'filings.menu.returned',
    已提交: 'filings.menu.submitted',
    待处理: 'filings.menu.pending_reassignment',
    待确认: 'filings.menu.awaiting_confirmation',
    已审核: 'filings.menu.approved',
    被撤销: 'filings.menu.revoked',
    停用: 'filings.menu.suspended',
    撤销备案: 'filings.withdraw',
    启用: 'instruments.resume',
    责任声明: 'filings.statement.title',
    删除: 'parts.remove',
    重新提交: 'filings.resubmit',
  },
  五: {
    预约管理: 'bookings.title',
    预约检定: 'bookings.menu.book',
    加入待处理: 'bookings.add',
    待处理列表: 'bookings.pending_list',
    预约中: 'bookings.menu.pending',
    取消预约: 'bookings.act.cancel',
    已确认: 'bookings.menu.confirmed',
    被拒绝: 'bookings.menu.rejected',
    被退回: 'bookings.menu.returned',
    历史查询: 'bookings.menu.history',
    送检: 'terms.venue.deliver',
    现场: 'terms.venue.onsite',
  },
  六: { 退单: 'bookings.act.return', 核对: 'bookings.f.check' },
  七: { 证书查询: 'certificates.title', 子用户: 'account.sub_users' },
}

const said = Object.entries(NAMES).flatMap(([chapter, names]) =>
  Object.entries(names).map(([name, key]) => [chapter, name, key] as const),
)

test.each(said)('%s: %s', (_chapter, name, key) => {
  expect(t(key)).toBe(name)
})

test('the three ways to submit, and how many a page holds', () => {
  expect(['picked', 'query', 'all'].map((way) => t(`filings.submit_${way}`))).toEqual([
    '提交选中',
    '提交查询结果',
    '提交全部',
  ])
  expect(t('parts.per_page', { n: 15 })).toBe('15条/页')
})
