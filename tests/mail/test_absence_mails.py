"""Who is away and who approves are both told at every turn; the deputy when they stand in, and when they no longer do."""

from datetime import UTC, date, datetime

import pytest

from orderway.kernel import clock, reacting
from orderway.kernel.registry import Ref
from orderway.kernel.running import run
from orderway.kernel.sql import fetch
from orderway.people.commands.absences import DecideAbsence, RequestAbsence

WEEK = (date(2026, 7, 13), date(2026, 7, 17))


@pytest.fixture(autouse=True)
def week_before(shop):
    with clock.at(datetime(2026, 7, 6, 8, tzinfo=UTC)):
        yield


@pytest.fixture
def asked_for(shop):
    row = RequestAbsence(*WEEK, shop.manager.id, shop.quality.id)
    (id,) = run("people.request_absence", shop.accountant, [row]).done
    return id


def told(id):
    """The mails about an absence since the last look: recipients and subjects."""
    reacting.drain()
    rows = fetch(
        "select recipients, subject, text from message where subject_type = 'absence' and subject_id = %(id)s order by id",
        {"id": id},
    )
    return [(row.recipients[0].partition("@")[0], row.subject) for row in rows]


def test_both_are_told_when_it_is_asked_for(asked_for):
    assert [who for who, _ in told(asked_for)] == ["accountant", "manager"]
    assert told(asked_for)[0][1] == "Accountant of Kessler asks for time off: 13 July 2026 to 17 July 2026"


@pytest.mark.parametrize(
    ("approve", "who"), [(True, ["accountant", "manager", "quality"]), (False, ["accountant", "manager"])]
)
def test_both_are_told_how_it_was_decided_and_the_deputy_when_it_counts(shop, asked_for, approve, who):
    before = len(told(asked_for))
    assert run("people.decide_absence", shop.manager, [DecideAbsence(asked_for, approve, "no cover")]).ok
    assert [one for one, _ in told(asked_for)[before:]] == who


def test_both_are_told_when_it_is_withdrawn_and_the_deputy_if_they_had_been(shop, asked_for):
    run("people.decide_absence", shop.manager, [DecideAbsence(asked_for)])
    before = len(told(asked_for))
    assert run("people.withdraw_absence", shop.accountant, [Ref(asked_for)]).ok
    assert [one for one, _ in told(asked_for)[before:]] == ["accountant", "manager", "quality"]


def test_a_mail_is_written_once_however_often_the_reaction_runs(shop, asked_for):
    before = told(asked_for)
    from orderway.kernel.access import system_actor

    assert run("mail.tell_absences", system_actor(shop.company), [Ref(asked_for)]).ok
    assert told(asked_for) == before


def test_who_approves_and_stands_in_gets_one_mail_that_says_so(shop):
    row = RequestAbsence(*WEEK, shop.manager.id, shop.manager.id)
    (id,) = run("people.request_absence", shop.accountant, [row]).done
    before = len(told(id))
    assert run("people.decide_absence", shop.manager, [DecideAbsence(id)]).ok
    assert [who for who, _ in told(id)[before:]] == ["accountant", "manager"]
    (mail,) = fetch(
        "select text from message where once = %(once)s", {"once": f"absence:{id}:approved:{shop.manager.id}"}
    )
    assert "You stand in" in mail.text
