"""What another service refused is passed on with its words, code and fields."""

from chassis.calls import Refused


def test_a_refusal_keeps_its_fields() -> None:
    told = {
        "code": "invalid", "detail": "填写的内容有误 {x}",
        "errors": [{"field": "selection.filter.view", "code": "invalid_choice", "message": "应为 {all} 之一"}],
    }  # fmt: skip
    error = Refused(422, told)
    assert (error.status, error.code, error.message("zh")) == (422, "invalid", "填写的内容有误 {x}")
    assert [(one.field, one.code, one.zh) for one in error.errors] == [
        ("selection.filter.view", "invalid_choice", "应为 {all} 之一")
    ]


def test_a_refusal_without_a_body_is_one_still() -> None:
    assert (Refused(409, {}).code, Refused(409, {"errors": None}).errors) == ("refused", [])
