export default {
  title: '预约与检定',
  menu: { pending: '待确认预约', confirmed: '已确认预约', reception: '前台受理', results: '检定结果', check: '核验', received: '已接收', in_progress: '检定中', completed: '已完检', history: '预约查询', calendar: '接收日历' },
  reception_about: '扫描或输入预约单号，逐台核对后接收；与备案信息不符的退单。',
  results_about: '检定中的预约单。逐单录入检定结果，可多台一起录入相同的值。',
  check_about: '等待核验的预约单。结果中指定的核验员核验后完检，并出具证书。',
  calendar_about: '每天上、下午各接收多少台；停止接收的日期不能预约。',
  empty: { results: '没有检定中的预约单', check: '没有等待核验的预约单' },
  scan: '扫描或输入送检单上的单号', find: '查找', unknown: '没有单号为 {number} 的预约单，请核对单号和受理机构。',
  entered: '已录入', open_results: '录入结果', open_check: '核验', received_only: '已接收、未开始的',
  unit: '计量单元', nothing_received: '没有已接收的仪器', pick_units: '请勾选要录入结果的仪器。', save: '保存结果（{n}）', saved: '已保存 {n} 项结果', two_people: '检定员与核验员不能是同一人。', valid_hint: '留空时按种别的检定周期计算。',
  f: { verified_on: '检定日期', procedure: '检定规程', standard: '计量标准', verifier: '检定员', checker: '核验员', valid_until: '有效期至', fail_items: '不合格项', people: '检定员 / 核验员' },
  closed: '不接收', changed: '已调整', close: '停止接收', service: '接收', set_days: '设置日期', days: '日期', days_hint: '多天时只调整工作日；单独一天可以开放休息日。', capacity_am: '上午接收台数', capacity_pm: '下午接收台数', calendar_saved: '日历已保存',
}
