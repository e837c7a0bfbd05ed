import { words } from '@/words'

export default words(
  { profile: '个人资料', password: '修改密码', wechat: '微信绑定', sessions: '登录设备与记录', sub_users: '子用户', messages: '消息' },
  { profile: 'Profile', password: 'Password', wechat: 'WeChat', sessions: 'Devices and sign-ins', sub_users: 'Sub-users', messages: 'Messages' },
)
