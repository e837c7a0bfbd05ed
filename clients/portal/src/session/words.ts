import { words } from '@/words'

export default words(
  {
    sign_in: '登录', register: '注册账户', forgot: '找回密码', wechat: '微信登录', invitation: '接受邀请', registration: '注册状态',
    welcome: '欢迎使用', slogan: '计量器具备案、预约检定、证书，一处办理',
    by_password: '账号密码', by_sms: '短信验证码', by_wechat: '微信扫码',
    username: '用户名/手机号', password: '密码', phone: '手机号', sms_code: '短信验证码', get_code: '获取验证码', code_sent: '验证码已发送', again_in: '{n} 秒后重新获取',
    captcha: '图形验证码', captcha_hint: '请输入图中的字符', captcha_new: '换一张', wait: '尝试次数过多，请 {n} 秒后再试。',
    to_wechat: '打开微信扫码登录', to_wechat_text: '将打开微信的二维码页面，用手机微信扫码确认后自动返回。首次使用须先在“用户设置 → 微信绑定”中绑定。',
    no_account: '没有账户？',
  },
  {
    sign_in: 'Sign in', register: 'Register', forgot: 'Reset the password', wechat: 'WeChat sign-in', invitation: 'Accept an invitation', registration: 'Your registration',
    welcome: 'Welcome', slogan: 'Filing, verification and certificates of measuring instruments in one place',
    by_password: 'Password', by_sms: 'SMS code', by_wechat: 'WeChat',
    username: 'User name or phone', password: 'Password', phone: 'Phone', sms_code: 'SMS code', get_code: 'Send a code', code_sent: 'The code was sent', again_in: 'Again in {n} s',
    captcha: 'Picture code', captcha_hint: 'Type the characters of the picture', captcha_new: 'Another picture', wait: 'Too many tries: please wait {n} s.',
    to_wechat: 'Sign in with WeChat', to_wechat_text: 'Opens the QR code of WeChat; after you confirm on your phone you come back here. Bind WeChat first in “User settings → WeChat”.',
    no_account: 'No account yet?',
  },
)
