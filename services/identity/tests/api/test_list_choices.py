"""选择列: columns and page size of a list are the account's, on whatever machine."""

from typing import Any

import pytest
from callers import bearer, sign_in

from chassis.testing import Caller

pytestmark = pytest.mark.usefixtures("seeded")
LISTS = "/api/identity/me/lists"


class Somebody:
    """Whose session each of its calls carries."""

    def __init__(self, stranger: Caller, username: str) -> None:
        self.stranger, self.headers = stranger, bearer(sign_in(stranger, username))

    def choose(self, body: dict[str, Any]) -> Any:
        return self.stranger.put(LISTS, body, headers=self.headers)

    def chosen(self) -> Any:
        return self.stranger.get(LISTS, headers=self.headers).json["items"]


@pytest.fixture
def clerk(stranger: Caller) -> Somebody:
    return Somebody(stranger, "applicant")


def choice(**changes: Any) -> dict[str, Any]:
    return {"list": "filings", "columns": ["name", "serial_no"], "page_size": 30} | changes


def test_the_last_choice_of_each_list_holds(clerk: Somebody, stranger: Caller) -> None:
    for one in (choice(), choice(list="instruments"), choice(columns=["name"], page_size=15)):
        assert clerk.choose(one).status_code == 204
    assert clerk.chosen() == [choice(columns=["name"], page_size=15), choice(list="instruments")]
    assert Somebody(stranger, "applicant2").chosen() == [], "another's are another's"


@pytest.mark.parametrize(
    ("field", "value"),
    [("list", ""), ("list", "x" * 61), ("columns", ["x" * 51]), ("columns", ["x"] * 61), ("columns", "name"),
     ("page_size", 0), ("page_size", 10**9), ("strange", 1)],
)  # fmt: skip
def test_nonsense_is_named(clerk: Somebody, field: str, value: Any) -> None:
    refused = clerk.choose(choice(**{field: value}))
    assert refused.status_code == 422
    assert refused.json["errors"][0]["field"].split(".")[0] == field


def test_no_account_fills_the_table(clerk: Somebody) -> None:
    for number in range(100):
        assert clerk.choose(choice(list=f"list-{number}")).status_code == 204
    refused = clerk.choose(choice(list="one-more"))
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "too_many")
    assert clerk.choose(choice(list="list-7", page_size=50)).status_code == 204
