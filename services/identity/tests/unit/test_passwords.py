"""Passwords: what will not do, and how they are kept."""

import pytest

from identity.domain.passwords import MIN_LENGTH, Hasher, weakness


@pytest.fixture(scope="module")
def hasher() -> Hasher:
    return Hasher(time_cost=1, memory_kib=64)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "too_short"),
        ("x" * (MIN_LENGTH - 1), "too_short"),
        ("12345678", "common"),
        ("PassWord", "common"),
        ("abababab", "common"),
        ("aaaaaaaa", "common"),
        ("tianhe-scales", "like_username"),
        ("Tianhe-Scales", "like_username"),
        ("selacs-ehnait", "like_username"),
        ("Demo-2026!", None),
        ("correct horse battery", None),
        ("电子计价秤电子秤", None),
    ],
)
def test_what_will_not_do(password: str, why: str | None) -> None:
    assert weakness(password, "tianhe-scales") == why


def test_no_rules_of_composition() -> None:
    for password in ("onlyletters", "ONLYLETTERS", "4096819253", "with space"):
        assert weakness(password, "") is None


def test_a_hash_is_salted_and_knows_its_password(hasher: Hasher) -> None:
    one, two = hasher.hash("Demo-2026!"), hasher.hash("Demo-2026!")
    assert one != two
    assert one.startswith("$argon2id$")
    assert "Demo" not in one
    assert hasher.verify(one, "Demo-2026!")
    assert not hasher.verify(one, "Demo-2026")
    assert not hasher.verify(one, "demo-2026!")


def test_an_unknown_account_is_never_right(hasher: Hasher) -> None:
    assert not hasher.verify(None, "nobody has this password")
    assert not hasher.verify(None, "")
    assert not hasher.verify("no hash at all", "x")


def test_a_hash_of_another_cost_is_outdated(hasher: Hasher) -> None:
    assert not hasher.outdated(hasher.hash("Demo-2026!"))
    assert hasher.outdated(Hasher(time_cost=2, memory_kib=64).hash("Demo-2026!"))
