"""A transaction whose statements travel together, the commit with the last of them: all of it stays, or nothing and it is told."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction

from orderway.kernel.sql import fetch, send, whole

SERIES = "insert into number_series (company_id, series, next) values (1, %(series)s::text, 1)"
NOBODYS = (
    "insert into holiday (company_id, day, name) values (-1, '2026-12-24', 'of no company')"  # checked at the commit
)
ASKED = "select %(n)s::integer as n"


@pytest.fixture(autouse=True)
def nothing_stays() -> Iterator[None]:
    yield
    fetch("delete from number_series where series like 'whole %%'", {})
    assert connection.get_autocommit()


def seen_by_others() -> list[str]:
    """As a connection of its own sees it."""
    settings = connection.get_connection_params()
    settings = {name: settings[name] for name in ("dbname", "user", "password", "host", "port") if name in settings}
    with psycopg.connect(**settings) as other:
        return [
            row[0] for row in other.execute("select series from number_series where series like 'whole %' order by 1")
        ]


def test_what_is_written_stands_when_it_is_over_and_only_then_others_are_told():
    told: list[list[str]] = []
    with whole():
        fetch(SERIES, {"series": "whole a"})
        transaction.on_commit(lambda: told.append(seen_by_others()))
        fetch(SERIES, {"series": "whole b"})
        assert seen_by_others() == []
    assert told == [["whole a", "whole b"]]


def written(*series: str, then: Callable[[], object] = lambda: None) -> None:
    with whole():
        for one in series:
            fetch(SERIES, {"series": one})
        then()


def test_what_is_refused_at_the_commit_is_told_and_nothing_stays():
    told: list[str] = []

    def more() -> None:
        fetch(NOBODYS, {})
        transaction.on_commit(lambda: told.append("done"))

    with pytest.raises(IntegrityError):
        written("whole c", then=more)
    assert seen_by_others() == told == []


def test_a_failure_that_nobody_waited_for_is_told_before_the_commit():
    with pytest.raises(IntegrityError):
        written("whole d", "whole d")
    assert seen_by_others() == []


def test_what_fails_within_may_be_given_up_alone():
    with whole():
        fetch(SERIES, {"series": "whole e"})
        with pytest.raises(IntegrityError):
            written("whole f", "whole e")
    assert seen_by_others() == ["whole e"]


def test_an_exception_takes_back_what_was_sent():
    with pytest.raises(ZeroDivisionError):
        written("whole g", then=lambda: 1 // 0)
    assert seen_by_others() == []


def test_answers_are_looked_at_in_any_order_and_as_often_as_one_likes():
    with whole():
        first, second = send(ASKED, {"n": 1}), send(ASKED, {"n": 2})
        third = fetch(ASKED, {"n": 3})
        fetch(SERIES, {"series": "whole h"})
        assert [one[0].n for one in (third, second.rows, first.rows, second.rows)] == [3, 2, 1, 2]
        unread = send(ASKED, {"n": 4})
    assert fetch(ASKED, {"n": 5})[0].n == 5
    assert unread.rows[0].n == 4
