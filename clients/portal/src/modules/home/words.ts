export default {
  home: '首页', hello: '您好，{name}', instruments: '仪器', filings: '备案', bookings: '预约', work: '待办',
  total: '仪器总数', filed: '已备案', returned: '备案退回', due: '须检仪器', overdue: '超期未检', invalid: '无效仪器', failed: '不合格', unfiled: '待备案', suspended: '停用', rotation: '到期轮换', scrapped: '已报废',
  news: '最新动态', instrument_news: '最新仪器动态', no_news: '暂无动态', more_news: '全部消息', shares: '检定状态分布', filing_shares: '备案状态分布', next: '接下来做什么',
  steps: { add: '先录入仪器：手工添加，或用 Excel 批量导入。', submit: '有 {n} 台仪器未备案，请提交备案。', returned: '有 {n} 台仪器的备案被退回，请按原因修改后重新提交。', book: '有 {n} 台仪器须检、超期未检或不合格，可以预约检定。', invalid: '有 {n} 台仪器已无效，请停用；启用后须重新备案。', fine: '目前没有需要办理的事项。' },
  normal: '正常', no_expiry: '无有效期',
  queue: { registrations: '待审核的注册', results: '待录入结果的预约', sign: '待我确认的检定结果', check: '待核验的预约', submitted: '待办理的备案', awaiting_confirmation: '待确认的备案', pending_reassignment: '待重新分派的备案', approved: '已审核的备案', pending: '待确认的预约', confirmed: '已确认的预约', received: '已接收', completed: '完检' },
}
