export default {
  other: '其他', profile: '个人资料', password: '修改密码', wechat: '微信绑定', sessions: '登录设备与记录', sub_users: '子用户', messages: '消息',
  name: '姓名', username: '用户名', kind: '账号类型', roles: '角色', phone: '手机号', phone_hint: '修改手机号须用新手机号接收验证码。', saved: '已保存', change_phone: '修改手机号',
  old_password: '原密码', new_password: '新密码', password_changed: '密码已修改，其他设备上的登录已退出。',
  devices: '登录设备', device: '设备', address: '地址', since: '登录时间', used: '最近使用', this_one: '本次登录', revoke: '退出该设备', revoked: '已退出该设备', revoke_sure: '退出“{device}”上的登录？本设备不受影响。', unknown_device: '未知设备', history: '登录记录', at: '时间', way: '方式', result: '结果', ok: '成功', failed: '失败',
  ways: { password: '密码', sms: '短信验证码', wechat: '微信扫码', miniprogram: '小程序', refresh: '续期', miniprogram_phone: '小程序手机号', invitation: '邀请' },
  sub_about: '子账号用手机号登录，并拥有跟主账号一样的权限（管理子用户和注销账号除外）。', add_sub: '添加子用户', sub_added: '已添加，子用户可用手机号和短信验证码登录。', status: '状态', active: '正常', disabled: '已停用', enable: '启用', disable: '停用', remove: '删除', remove_sure: '删除后该子用户不能再登录。确定删除？', created: '添加时间', none: '还没有子用户',
  read: '标为已读', read_all: '本页全部标为已读', message: '内容', time: '时间', title: '标题', unread: '未读', no_messages: '没有消息', channels: '通知方式', by_wechat: '微信通知', by_sms: '短信通知', always: '站内消息总是保留；微信送达不到的重要事项改发短信；账号安全变动总是发短信。',
}
