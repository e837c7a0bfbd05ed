"""The refusals of booking, in the user's words."""

from chassis.errors import Conflict, Forbidden


class SlotFull(Conflict):
    code = "slot_full"
    zh = "该时段剩余名额不足，仅剩 {free} 台。"
    en = "Not enough places left in this period: {free}."


class NotBookable(Conflict):
    code = "not_bookable"
    zh = "该仪器目前不能预约：{name}。"
    en = "This instrument cannot be booked now: {name}."


class OtherInstitution(Conflict):
    code = "other_institution"
    zh = "该仪器由其他技术机构检定，请另行预约：{name}。"
    en = "Another institution verifies this instrument; book it separately: {name}."


class VenueMismatch(Conflict):
    code = "venue_mismatch"
    zh = "该仪器只能按登记的检定方式预约：{name}。"
    en = "This instrument can be booked in its registered way only: {name}."


class AlreadyBooked(Conflict):
    code = "already_booked"
    zh = "该仪器已在其他未完成的预约中：{name}。"
    en = "This instrument is in another open booking: {name}."


class CapacityBelowTaken(Conflict):
    """Its errors name each booking that is hit, `bookings.<id>`."""

    code = "capacity_below_taken"
    zh = "所选日期已有 {bookings} 张预约单（{taken} 台）超出新的容量，请先改期或拒绝这些预约，或只停止接收新预约。"
    en = "{bookings} bookings ({taken} items) do not fit. Reschedule or reject them, or only take no new ones."


class DayPassed(Conflict):
    code = "day_passed"
    zh = "预约日期（{date}）已过，不能确认；请改期或拒绝。"
    en = "The booked day ({date}) has passed. Propose another one, or reject."


class ProposalOpen(Conflict):
    code = "proposal_open"
    zh = "申请方已申请改期至 {date}，请先答复改期。"
    en = "The applicant proposed {date}. Answer that first."


class WrongItemState(Conflict):
    code = "wrong_item_state"
    zh = "预约中的仪器当前状态不允许此操作：{name}。"
    en = "The state of this item does not allow this: {name}."


class ResultsMissing(Conflict):
    code = "results_missing"
    zh = "尚有仪器未录入全部检定结果：{name}。"
    en = "Results are missing for: {name}."


class NothingReceived(Conflict):
    code = "nothing_received"
    zh = "没有已接收的仪器，不能完检。"
    en = "No item was received: there is nothing to complete."


class StillHere(Conflict):
    code = "items_received"
    zh = "已有仪器接收，不能登记为未到检。"
    en = "Some items were received: this is no no-show."


class TooEarly(Conflict):
    code = "too_early"
    zh = "预约日期（{date}）未到，不能登记为未到检。"
    en = "The booked day ({date}) has not come yet."


class NotTheChecker(Forbidden):
    code = "not_the_checker"
    zh = "只有结果中指定的核验员可以核验，且不能是检定员或录入人本人。"
    en = "Only the checker named in the results may check, and never who verified or entered them."


class NotSigned(Conflict):
    code = "not_signed"
    zh = "尚有检定结果未经检定员本人确认：{name}。"
    en = "The verifier has not signed the results of: {name}."


class NothingToSign(Conflict):
    code = "nothing_to_sign"
    zh = "没有等待您确认的检定结果。"
    en = "No result waits for your signature."


class NoProposal(Conflict):
    code = "no_proposal"
    zh = "没有待答复的改期申请。"
    en = "No other date is proposed."


class OwnProposal(Conflict):
    code = "own_proposal"
    zh = "改期须由对方答复。"
    en = "The other side answers a proposal."
