"""The refusals of identity, in the user's words."""

from chassis.errors import Conflict, Forbidden, Invalid, TooMany, Unauthorized


class WrongCredentials(Unauthorized):
    code = "wrong_credentials"
    zh = "用户名或密码不正确。"
    en = "Wrong user name or password."


class CodeWrong(Invalid):
    code = "sms_code_wrong"
    zh = "短信验证码不正确或已过期。"
    en = "The SMS code is wrong or has expired."


class CaptchaRequired(Invalid):
    code = "captcha_required"
    zh = "请输入图形验证码。"
    en = "Solve the captcha first (captcha_id, captcha_answer)."


class SlowDown(TooMany):
    code = "too_many_attempts"
    zh = "尝试次数过多，请稍后再试。"
    en = "Too many attempts. Please wait."


class AccountDisabled(Forbidden):
    code = "account_disabled"
    zh = "账号已停用，请联系管理员。"
    en = "This account is disabled."


class NotBound(Unauthorized):
    code = "wechat_not_bound"
    zh = "该微信尚未绑定平台账号，请用账号密码登录后绑定。"
    en = "This WeChat is not bound to an account yet. Sign in with the password and bind it."


class ApplicantsOnly(Forbidden):
    code = "applicants_only"
    zh = "小程序目前只提供给“申请方”账号使用。"
    en = "The mini-program is for applicants only."


class WechatRefused(Invalid):
    code = "wechat_code_invalid"
    zh = "微信授权码无效或已使用，请重新扫码。"
    en = "The WeChat code is not valid or was used before. Scan again."


class WechatTaken(Conflict):
    code = "wechat_taken"
    zh = "该微信已绑定其他账号。"
    en = "This WeChat is bound to another account."


class CreditCodeTaken(Conflict):
    code = "credit_code_taken"
    zh = "该统一社会信用代码已注册，请咨询{institution}。"
    en = "This credit code is registered already. Please ask {institution}."


class UsernameTaken(Conflict):
    code = "username_taken"
    zh = "该用户名已被使用。"
    en = "This user name is taken."


class PhoneTaken(Conflict):
    code = "phone_taken"
    zh = "该手机号已用于其他账号。"
    en = "This phone number belongs to another account."


class NotEnterprise(Invalid):
    code = "not_enterprise"
    zh = "以个人身份注册的不会被通过；有营业执照、代码证的，请以“企业/单位”身份注册。"
    en = "Individuals are not accepted: with a business licence or code certificate, register as an enterprise."


class AlreadyDecided(Conflict):
    code = "already_decided"
    zh = "该注册申请已处理，请刷新页面查看结果。"
    en = "This registration has been decided. Reload to see how."


class ApprovedStays(Conflict):
    code = "approved_stays"
    zh = "注册已通过审核，不能再修改或自行注销。"
    en = "The registration is approved; it can be neither corrected nor withdrawn."


class NotApplicant(Invalid):
    code = "not_applicant"
    zh = "以其它账号类型注册的不会被通过；作为仪器的使用者，需要送检仪器，请注册“申请方”类型的账号。"
    en = "Only applicants register here: users of instruments that are to be verified."


class InvitationEnded(Conflict):
    code = "invitation_ended"
    zh = "该邀请已使用、已撤回或已过期，请联系邀请您的管理员重新发送。"
    en = "This invitation was used, withdrawn or has expired. Ask whoever invited you for a new one."


class OwnAccount(Conflict):
    code = "own_account"
    zh = "不能修改自己的岗位或停用自己的账号，请由其他管理员操作。"
    en = "You can change neither your own roles nor disable yourself; another administrator can."


class PhoneUnknown(Invalid):
    code = "phone_unknown"
    zh = "该手机号没有对应的平台账号。"
    en = "No account has this phone number."


class WechatStateWrong(Invalid):
    code = "wechat_state_invalid"
    zh = "微信登录已超时，或不是从本浏览器发起的，请重新扫码。"
    en = "This WeChat sign-in has expired or was not begun in this browser. Scan again."


class DivisionExists(Conflict):
    code = "division_exists"
    zh = "行政区划代码 {code} 已存在，请修改原记录。"
    en = "Division {code} exists already; change it instead."


class WechatBlocked(Forbidden):
    code = "wechat_blocked"
    zh = "微信判定该账号存在风险，暂不能用微信登录，请使用用户名和密码。"
    en = "WeChat does not let this person sign in for now. Use user name and password."
