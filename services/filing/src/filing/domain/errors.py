"""The refusals of filing, in the user's words."""

from chassis.errors import Conflict, Forbidden, Invalid


class NotYourTurn(Forbidden):
    code = "not_your_turn"
    zh = "该备案目前由{institution}处理。"
    en = "This filing is with {institution} now."


class NotAuthorized(Conflict):
    code = "forward_not_authorized"
    zh = "申请方未授权转送至省级机构。"
    en = "The applicant has not authorised forwarding to the province."


class AlreadyFiled(Conflict):
    code = "already_filed"
    zh = "该仪器已有备案。"
    en = "The instrument has a filing already."


class BeingAmended(Conflict):
    code = "being_amended"
    zh = "申请方正在修改该备案，请稍候再试。"
    en = "The applicant is changing this filing. Try again in a moment."


class AmendedSince(Conflict):
    code = "amended_since"
    zh = "备案 {number} 在您打开之后已被修改，请刷新核对后再处理。"
    en = "Filing {number} has changed since you read it. Look at it again."


class OutOfArea(Conflict):
    code = "out_of_area"
    zh = "使用区域 {division} 不在所选机构的管辖范围内。"
    en = "Area of use {division} lies outside the institution's area."


class NotACounty(Invalid):
    code = "not_a_county_institution"
    zh = "只能分派给本市所属的区县级机构。"
    en = "Dispatch goes to a county institution of the same city only."


class NotACity(Invalid):
    code = "not_a_city_institution"
    zh = "请选择市级技术机构提交备案。"
    en = "Submit to a city institution."


class OutOfMandate(Forbidden):
    code = "out_of_mandate"
    zh = "只有备案机构或主管的行政部门可以撤销备案。"
    en = "Only the holder institution or a supervisor may revoke a filing."


class ResponsibilityNotAccepted(Invalid):
    code = "responsibility_not_accepted"
    zh = "请先阅读并确认责任声明。"
    en = "The statement of responsibility must be accepted."
