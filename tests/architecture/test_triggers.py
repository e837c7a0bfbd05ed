"""Each TRIGGERS.md lists the triggers that the migrations make."""

from collections.abc import Callable

import pytest
from service_apps import PACKAGES
from sqlalchemy import create_engine, text
from triggers import HEAD, lists_of, path_of

from chassis.db import sqlalchemy_url


@pytest.mark.parametrize("package", PACKAGES)
def test_the_list_of_triggers_is_current(package: str, migrated: Callable[[str], str]) -> None:
    made = lists_of(package, migrated(package))
    for path in {*made, path_of(package, shared=False)}:
        written = path.read_text("utf-8") if path.exists() else None
        assert written == made.get(path), f"{path} is stale: run `make triggers`"


def test_a_trigger_without_a_sentence_is_refused(empty_database: str) -> None:
    engine = create_engine(sqlalchemy_url(empty_database))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE stray (x int)"))
        connection.execute(
            text("CREATE FUNCTION keep_parts() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'")
        )
        connection.execute(
            text(
                "CREATE TRIGGER known BEFORE INSERT OR UPDATE OF x ON stray FOR EACH ROW WHEN (NEW.x > 0)"
                " EXECUTE FUNCTION keep_parts()"
            )
        )
    made = lists_of("filing", empty_database)
    assert list(made) == [path_of("filing", shared=False)]
    assert made[path_of("filing", shared=False)].startswith(
        f"{HEAD}| `stray` | `known` | BEFORE INSERT OR UPDATE for each row if WHEN holds | `keep_parts` | Keeps `filing_part`"
    )
    with engine.begin() as connection:
        connection.execute(text("ALTER FUNCTION keep_parts RENAME TO new_one"))
    engine.dispose()
    with pytest.raises(LookupError, match="new_one"):
        lists_of("filing", empty_database)
