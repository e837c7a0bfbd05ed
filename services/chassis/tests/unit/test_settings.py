"""Settings: complete or not at all."""

from dataclasses import FrozenInstanceError, dataclass
from pathlib import Path

import pytest

from chassis.settings import SettingsError, load


@dataclass(frozen=True, kw_only=True)
class Settings:
    database_url: str
    secret: str
    folder: Path
    threads: int = 8
    secure: bool = False
    proxy: str | None = None


GIVEN = {"DATABASE_URL": "postgresql://x", "SECRET": "s", "FOLDER": "/srv/files"}


def test_a_setting_is_read_by_its_name_and_kind() -> None:
    found = load(Settings, GIVEN | {"THREADS": "4", "SECURE": "yes", "PROXY": "p", "UNRELATED": "x"})
    assert found == Settings(
        database_url="postgresql://x", secret="s", folder=Path("/srv/files"), threads=4, secure=True, proxy="p"
    )


def test_what_has_a_default_may_be_left_out() -> None:
    found = load(Settings, GIVEN)
    assert (found.threads, found.secure, found.proxy) == (8, False, None)


def test_all_that_is_missing_or_wrong_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        load(Settings, {"FOLDER": "x", "THREADS": "many", "SECURE": "perhaps"})
    for name in ("DATABASE_URL is missing", "SECRET is missing", "THREADS: ", "SECURE: expected true or false"):
        assert name in str(caught.value)
    assert "FOLDER" not in str(caught.value)


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from the file\n")
    given = {key: value for key, value in GIVEN.items() if key != "SECRET"}
    assert load(Settings, given | {"SECRET_FILE": str(tmp_path / "secret")}).secret == "from the file"
    assert load(Settings, GIVEN | {"SECRET_FILE": str(tmp_path / "secret")}).secret == "s"


@pytest.mark.parametrize(("raw", "value"), [("1", True), ("TRUE", True), ("on", True), ("0", False), ("no", False), ("", False)])  # fmt: skip
def test_yes_and_no_in_several_words(raw: str, value: bool) -> None:
    assert load(Settings, GIVEN | {"SECURE": raw}).secure is value


def test_settings_do_not_change() -> None:
    found = load(Settings, GIVEN)
    with pytest.raises(FrozenInstanceError):
        found.secret = "x"  # type: ignore[misc]
