"""What the registry refuses, in the user's words."""

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
    zh = "备案通过后不能直接修改：{fields}。请提交变更申请。"
    en = "After approval these can only be changed by a change request: {fields}."


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
