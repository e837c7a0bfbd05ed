"""The refusals of the registry, in the user's words."""

from chassis.errors import Conflict, Forbidden, NotFound, WorkbookInvalid


class SameInstrument(Conflict):
    code = "same_instrument"
    zh = "仪器名称、型号规格、出厂编号、自编号四者相同将视为同一台仪器，已存在：{first}。"
    en = "Name, model, serial number and own number are those of an instrument that exists: {first}."


class FilingOpen(Conflict):
    code = "filing_open"
    zh = "备案处理中，不能修改或操作；请先撤销备案。"
    en = "A filing is open. Withdraw it first."


class FieldsFrozen(Conflict):
    code = "fields_frozen"
    zh = "备案通过后不能修改：{fields}。资料确有错误的，请联系备案机构撤销备案；撤销后停用、启用，即可修改并重新提交。"
    en = "Not to be changed after approval: {fields}. Ask the institution to revoke the filing; suspend and resume it then, correct it and submit it again."


class RevokedFrozen(Conflict):
    code = "filing_revoked"
    zh = "备案已被撤销，只能停用或报废：停用后再启用，即可修改并重新提交备案。"
    en = "Its filing was revoked: suspend and resume it, then it can be corrected and submitted again; or scrap it."


class AttachmentKept(Conflict):
    code = "attachment_kept"
    zh = "备案通过后，提交过的资料不能删除；可以补充上传。"
    en = "After approval a document stays; others can be added."


class NotDeletable(Conflict):
    code = "not_deletable"
    zh = "已备案或曾备案、曾出证的仪器不能删除。"
    en = "An instrument that is or was filed or certified cannot be deleted."


class BookingOpen(Conflict):
    code = "booking_open"
    zh = "该仪器有未完成的预约，请先取消预约。"
    en = "The instrument is in an open booking. Cancel it first."


class WrongStatus(Conflict):
    code = "wrong_status"
    zh = "仪器当前状态为“{status}”，不能{move}。"
    en = "The instrument is {status}; this is not possible."


class Incomplete(Conflict):
    code = "incomplete"
    zh = "资料不完整：{what}"
    en = "Incomplete: {what}"


class NotInCatalog(Conflict):
    code = "not_in_catalog"
    zh = "种别 {kind} 不属于强制检定目录或已作废，不能备案。"
    en = "Kind {kind} is not verified by law, or was withdrawn."


class CatalogVersionExists(Conflict):
    code = "catalog_version_exists"
    zh = "目录版本“{version}”已导入过。"
    en = "Version {version} of the catalog was loaded already."


class AlreadyFiled(Conflict):
    code = "already_filed"
    zh = "该仪器已提交或已通过备案。"
    en = "The instrument is filed already."


class FilingRevoked(Conflict):
    code = "filing_revoked"
    zh = "该仪器的备案已被撤销，不能直接再次提交：请先停用，启用后回到“待备案”，核对资料再提交；不再使用的请报废。"
    en = "Its filing was revoked: suspend and resume it, correct it, then submit it again; or scrap it."


class OutOfArea(Conflict):
    code = "out_of_area"
    zh = "使用区域 {division} 不在所选机构的管辖范围内。"
    en = "Area of use {division} lies outside the institution's area."


class InstrumentGone(Conflict):
    code = "instrument_unknown"
    zh = "该仪器已被删除。"
    en = "The instrument was deleted meanwhile."


class NozzlesChanged(Conflict):
    code = "nozzle_unknown"
    zh = "该加油机的加油枪已有变动或已满 32 把，请核对后重新导入。"
    en = "The nozzles of the dispenser have changed meanwhile, or are 32 already."


class HeadersUnclear(WorkbookInvalid):
    """Values: `headers`, the columns that are not understood, each with the field it might be."""

    code = "headers_unclear"


class NotJudged(Conflict):
    code = "import_not_judged"
    zh = "只有检查完成、文件尚在的导入可以继续写入，请重新上传文件。"
    en = "Only an import that was judged, and whose file is still here, can be written. Upload the file again."


class CertificateNotFound(NotFound):
    zh = "未找到该证书，请核对二维码或证书编号。"
    en = "There is no such certificate."


class CertificateEnded(Conflict):
    code = "certificate_ended"
    zh = "证书 {number} 已被替代或作废，不能再更正或作废。"
    en = "Certificate {number} was replaced or voided already."


class ChangeOpen(Conflict):
    code = "change_open"
    zh = "证书 {number} 已有待确认的更正或作废申请。"
    en = "A change of certificate {number} waits to be confirmed already."


class OwnChange(Forbidden):
    code = "own_change"
    zh = "证书的更正和作废须由申请人以外的核验员确认。"
    en = "Another person than the one who proposed it must confirm."


class ViewNameTaken(Conflict):
    code = "view_name_taken"
    zh = "已有名为“{name}”的查询，请换一个名称或先删除原有的。"
    en = "There is a saved query {name} already."


class TooManySavedViews(Conflict):
    code = "too_many_saved_views"
    zh = "最多保存 {most} 个查询，请先删除不用的。"
    en = "At most {most} queries can be saved. Remove one first."
