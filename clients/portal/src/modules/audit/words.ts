export default {
  at: '时间', service: '业务', said: '事项', outcome: '结果', who: '操作人', subject: '对象', address: '地址', request: '请求编号', detail: '明细',
  search: '搜索任意内容', search_subject: '对象编号', from: '开始日期', to: '结束日期', look: '查询', more: '显示更多', nothing: '没有符合条件的记录', shown: '已显示 {n} 条', export: '导出', exporting: '正在导出…', exported: '已导出 {n} 条', cut: '只导出最新的 {n} 条，请缩小日期范围。',
  services: { identity: '账户', registry: '仪器', filing: '备案', booking: '预约', notification: '通知' },
  outcomes: { done: '已完成', partly: '部分完成', refused: '被拒绝', failed: '系统出错', queued: '已转后台' },
  says: {
    done: '{who}：{did}', items: '{who}：{did} {n} 项', partly: '{who}：{did}，{done} 项完成，{refused} 项被拒绝', refused: '{who}：{did}，被拒绝（{why}）', refused_items: '{who}：{did}，{n} 项均被拒绝', failed: '{who}：{did}，系统出错', queued: '{who}：{did} {n} 项，转入后台处理', because: '，原因：{reason}', about: '（{what}）', and: '、',
  },
  changed: '{field}：{before} → {after}', changed_many: '{field}：{before} → {after}（{n} 项）', removed: '删除 {of}', removed_many: '删除 {of}（{n} 项）', nothing_there: '空', refusal: '{id}：{why}', ids: '涉及的编号（前 {n} 个）',
  fields: {
    status: '状态', state: '状态', name: '名称', phone: '手机号', roles: '角色', reason: '原因', reason_code: '原因类别', address: '地址', division_code: '区域', contact_name: '联系人', credit_code: '统一社会信用代码', institution_id: '机构', holder_id: '备案机构', decided_by: '审核人', decided_on: '审核日期', approved_on: '通过日期', conclusion: '结论', verified_on: '检定日期', valid_until: '有效期至', verifier: '检定员', checker: '核验员', procedure: '检定规程', standard: '计量标准', fail_items: '不合格项', remarks: '备注', remark: '备注', date: '日期', period: '时段', capacity: '容量', closed: '停止服务', active: '在用', contact: '联系方式', account_id: '账号', following: '关注公众号', wechat: '微信通知', sms: '短信通知', due_on: '办理期限', license_file_id: '证照', authorization_file_id: '授权书', way: '方式', device: '设备', number: '编号', kind: '种类', code: '代码', purpose: '用途', openid: '微信号', file: '文件', version: '版本', job_id: '后台任务', done: '完成', refused: '被拒绝', count: '数量', mode: '检定方式', since: '开始', until: '结束', added: '新增', changed: '变更', withdrawn: '作废', removed: '删除', replaces: '替代', claimed: '锁定', after: '新内容', dry_run: '仅预览',
  },
  values: {
    pending: '待审核', approved: '已通过', rejected: '未通过', submitted: '已提交', returned: '被退回', revoked: '被撤销', withdrawn: '已撤回', closed: '已关闭', pending_reassignment: '待处理', awaiting_confirmation: '待确认', active: '正常', disabled: '已停用', confirmed: '已确认', received: '已接收', in_progress: '检定中', completed: '完检', cancelled: '已取消', no_show: '未到检', booked: '已预约', verified: '已检定', pass: '合格', fail: '不合格', in_force: '有效', superseded: '被替代', void: '作废', am: '上午', pm: '下午', true: '是', false: '否', password: '密码', sms: '短信验证码', wechat: '微信扫码', miniprogram: '小程序', in_use: '在用', suspended: '停用', scrapped: '报废',
  },
  actions: {
    bookable_add_pending: '加入待处理列表', bookable_remove_pending: '移出待处理列表',
    bookings_accept: '接受改期', bookings_cancel: '取消预约', bookings_cancel_selected: '批量取消预约', bookings_confirm: '确认预约', bookings_confirm_selected: '批量确认预约', bookings_decline: '不接受改期', bookings_no_show: '登记未到检', bookings_propose: '提出改期', bookings_reject: '拒绝预约', bookings_reject_selected: '批量拒绝预约', bookings_request_booking: '提交预约',
    calendar_set_calendar: '修改预约日历', common_cancel_job: '取消后台任务',
    verification_complete: '核验完检', verification_enter_results: '录入检定结果', verification_receive: '接收仪器', verification_return_: '退单', verification_start: '开始检定', verification_sign: '检定员签署结果', verification_send_back: '核验员退回结果',
    filings_approve: '通过备案', filings_confirm: '确认备案', filings_decline: '无能力退回', filings_dispatch: '分派备案', filings_forward: '转送备案', filings_return_: '退回备案', filings_revoke: '撤销已通过的备案', filings_submit: '提交备案', filings_withdraw: '撤销备案',
    files_upload: '上传证照', file_read: '查看证照', internal_follower: '公众号关注者查询绑定', internal_verify: '在公众号用密码绑定账号', wechat_bound: '绑定微信', wechat_unbound: '解除微信绑定', wechat_bound_by_password: '在公众号用密码绑定微信',
    invitations_accept: '接受邀请', invitations_invite: '邀请人员', invitations_look_up: '打开邀请链接', invitations_send_again: '重新发送邀请', invitations_withdraw: '撤回邀请',
    me_bind_wechat: '扫码绑定微信', me_change_me: '修改个人资料', me_change_password: '修改密码', me_unbind_wechat: '解除微信绑定',
    reference_add_bureau: '新增行政管理部门', reference_add_division: '新增行政区划', reference_add_institution: '新增技术机构', reference_change_bureau: '修改行政管理部门', reference_change_division: '修改行政区划', reference_change_institution: '修改技术机构', reference_set_capabilities: '修改检定能力', sheets_load: '导入基础数据表格',
    registrations_approve: '通过注册', registrations_correct: '修改并重新提交注册', registrations_register: '注册', registrations_reject: '不通过注册', registrations_withdraw: '自行注销', registrations_filled_letter: '下载已填写的授权书',
    sessions_create_session: '登录', sessions_delete_session: '退出其他设备', sessions_reset_password: '用短信验证码重设密码', sessions_send_sms_code: '获取短信验证码', sessions_sign_out: '退出登录', wechat_login_begin: '打开微信扫码页面',
    staff_change: '修改人员', sub_users_change: '修改子用户', sub_users_create_sub_user: '添加子用户', sub_users_remove: '删除子用户',
    catalog_load_version: '载入强检目录', certificates_archive: '打包下载证书', certificates_correct: '更正证书', certificates_void: '作废证书', exports_start_export: '导出仪器', import_rows_import_row: '逐行导入仪器', imports_start_import: '导入仪器',
    instruments_add_attachment: '上传仪器资料', instruments_add_instrument: '添加仪器', instruments_copy_instrument: '复制仪器', instruments_delete: '批量删除仪器', instruments_delete_instrument: '删除仪器', instruments_edit_instrument: '修改仪器', instruments_edit_selected: '批量修改仪器', instruments_resume: '启用仪器', instruments_scrap: '报废仪器', instruments_suspend: '停用仪器', internal_claim: '锁定待备案仪器', labels_print_labels: '打印标签', saved_views_delete_saved_view: '删除保存的查询', saved_views_save_view: '保存查询',
    binding_bind: '在公众号页面绑定账号', messages_put_preferences: '修改通知方式',
    jobs_withdraw: '撤销备案（后台）', jobs_approve: '通过备案（后台）', jobs_return: '退回备案（后台）', jobs_dispatch: '分派备案（后台）', jobs_forward: '转送备案（后台）', jobs_confirm: '批量确认（后台）', jobs_decline: '无能力退回（后台）', jobs_revoke: '撤销已通过的备案（后台）', jobs_reject: '批量拒绝预约（后台）', jobs_cancel: '批量取消预约（后台）', jobs_edit: '批量修改仪器（后台）', jobs_suspend: '停用仪器（后台）', jobs_resume: '启用仪器（后台）', jobs_scrap: '报废仪器（后台）', jobs_delete: '批量删除仪器（后台）',
  },
}
