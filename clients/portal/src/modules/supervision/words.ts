export default {
  title: '监管', statistics: '监管统计', ledger: '仪器台账', ask_export: '导出 {n} 台仪器的台账（当前查询结果）：使用单位、联系人、检定状态、有效期、超期天数、检定机构等。', by: { division: '按区域', kind: '按种别', institution: '按机构' }, month: '月份', key: '对象', total: '仪器总数', filed: '已备案', due: '须检', overdue: '超期未检', invalid: '无效', failed: '不合格', unfiled: '未备案', verified: '已检定', pass: '一次检定合格率', on_time: '受检率', days: '备案到出证（天）', deeper: '下一级', area: '区域', whole: '全部辖区', nobody: '尚未选择机构',
}
