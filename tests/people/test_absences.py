"""Somebody is away: it is asked for and decided, a deputy stands for them, and nobody stands for each other in a circle."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderway.kernel import clock
from orderway.kernel.access import system_actor
from orderway.kernel.context import Reader
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.people.commands.absences import DecideAbsence, RequestAbsence
from orderway.people.queries import stood_for
from orderway.people.rules import Away, goes_round

MONDAY = datetime(2026, 7, 6, 8, tzinfo=UTC)
WEEK = (date(2026, 7, 13), date(2026, 7, 17))


@pytest.fixture(autouse=True)
def monday(shop):
    with clock.at(MONDAY):
        yield


def away(shop, who, deputy=None, first=WEEK[0], last=WEEK[1], approver="manager", approved=True):
    """An absence of somebody, asked for by themselves."""
    deputy = getattr(shop, deputy).id if deputy else None
    row = RequestAbsence(first, last, getattr(shop, approver).id, deputy)
    outcome = run("people.request_absence", getattr(shop, who), [row])
    if approved and outcome.ok:
        assert run("people.decide_absence", getattr(shop, approver), [DecideAbsence(outcome.done[0])]).ok
    return outcome


def whom(actor, at):
    with clock.at(at):
        return [row.id for row in stood_for(Reader(actor, clock.now()))]


def test_the_deputy_stands_in_from_the_first_morning_to_the_last_evening_by_the_companys_clock(shop):
    away(shop, "accountant", "quality")
    person = shop.accountant.id
    assert whom(shop.quality, datetime(2026, 7, 12, 21, 59, tzinfo=UTC)) == [], "Berlin is two hours ahead"
    assert whom(shop.quality, datetime(2026, 7, 12, 22, 0, tzinfo=UTC)) == [person]
    assert whom(shop.quality, datetime(2026, 7, 17, 21, 59, tzinfo=UTC)) == [person]
    assert whom(shop.quality, datetime(2026, 7, 17, 22, 0, tzinfo=UTC)) == []
    assert whom(shop.planner, datetime(2026, 7, 14, tzinfo=UTC)) == []


def test_an_absence_over_the_night_the_clock_changes_ends_at_midnight(shop):
    away(shop, "accountant", "quality", date(2026, 10, 23), date(2026, 10, 25))
    assert whom(shop.quality, datetime(2026, 10, 25, 22, 59, tzinfo=UTC)) == [shop.accountant.id]
    assert whom(shop.quality, datetime(2026, 10, 25, 23, 0, tzinfo=UTC)) == []


def test_the_deputys_deputy_stands_in_for_both(shop):
    away(shop, "accountant", "quality")
    away(shop, "quality", "planner", date(2026, 7, 15), date(2026, 7, 15))
    wednesday, thursday = datetime(2026, 7, 15, 9, tzinfo=UTC), datetime(2026, 7, 16, 9, tzinfo=UTC)
    assert whom(shop.planner, wednesday) == [shop.quality.id, shop.accountant.id], "the nearest first"
    assert whom(shop.planner, thursday) == []
    assert whom(shop.quality, thursday) == [shop.accountant.id]


def test_an_absence_that_is_only_asked_for_refused_or_withdrawn_changes_nothing(shop):
    (id,) = away(shop, "accountant", "quality", approved=False).done
    at = datetime(2026, 7, 14, tzinfo=UTC)
    assert whom(shop.quality, at) == []
    assert run("people.decide_absence", shop.manager, [DecideAbsence(id)]).ok
    assert whom(shop.quality, at) == [shop.accountant.id]
    assert run("people.withdraw_absence", shop.accountant, [Ref(id)]).ok, "back early"
    assert whom(shop.quality, at) == []
    assert run("people.decide_absence", shop.manager, [DecideAbsence(id)]).refused[0].code == "absence-settled"


def test_deputies_in_a_circle_are_refused_also_over_three(shop):
    away(shop, "accountant", "quality")
    away(shop, "quality", "planner", approved=False)  # asked for is enough
    code = away(shop, "planner", "accountant", date(2026, 7, 17), date(2026, 7, 30)).refused[0].code
    assert code == "deputies-in-a-circle"
    assert away(shop, "planner", "accountant", date(2026, 7, 18), date(2026, 7, 30)).ok, "a day later nobody meets"


def test_within_one_set_circles_and_overlaps_are_seen_too(shop):
    one, two = shop.accountant.id, shop.quality.id
    rows = [
        RequestAbsence(*WEEK, shop.manager.id, two, person=one),
        RequestAbsence(*WEEK, shop.manager.id, one, person=two),
        RequestAbsence(*WEEK, shop.manager.id, None, person=one),
    ]
    outcome = run("people.request_absence", system_actor(shop.company), rows, partial=True)
    assert [refusal.code for refusal in outcome.refused] == ["deputies-in-a-circle", "already-away"]
    assert (outcome.refused[1].facts["first"], outcome.refused[1].facts["last"]) == WEEK


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"approver": "accountant"}, "cannot-approve"),
        ({"approver": "warehouse"}, "cannot-approve"),
        ({"deputy": "accountant"}, "own-deputy"),
        ({"last": date(2026, 7, 1)}, "span-not-possible"),
        ({"last": date(2028, 7, 1)}, "span-not-possible"),
    ],
)
def test_what_is_no_absence_is_refused_by_name(shop, change, code):
    assert away(shop, "accountant", **change).refused[0].code == code


def test_nobody_decides_their_own_and_only_the_approver_their_deputy_or_an_administrator_decides(shop):
    (id,) = away(shop, "manager", "planner", approver="administrator", approved=False).done
    assert run("people.decide_absence", shop.manager, [DecideAbsence(id)]).refused[0].code == "own-absence"
    assert run("people.decide_absence", shop.quality, [DecideAbsence(id)]).refused[0].code == "unknown-absence"
    assert run("people.decide_absence", shop.planner, [DecideAbsence(id)]).refused[0].code == "unknown-absence"
    refusing = DecideAbsence(id, False)
    assert run("people.decide_absence", shop.administrator, [refusing]).refused[0].code == "reason-missing"
    away(shop, "administrator", "quality", date(2026, 7, 6), date(2026, 7, 6))
    assert run("people.decide_absence", shop.quality, [DecideAbsence(id)]).ok, "as the deputy of the approver"
    (event,) = fetch(
        "select actor_id, on_behalf_of from event where name = 'absence.approved' order by id desc limit 1", {}
    )
    assert (event.actor_id, event.on_behalf_of) == (shop.quality.id, shop.administrator.id)


def test_everybody_sees_who_is_away_but_not_why(shop):
    away(shop, "accountant", "quality")
    with clock.at(datetime(2026, 7, 14, 9, tzinfo=UTC)):
        (row,) = ask("people.away", shop.warehouse)
        assert (row.id, row.deputy, row.last_day) == (shop.accountant.id, "Quality of Kessler", WEEK[1])
        assert [row.kind for row in ask("people.absences", shop.warehouse)] == [""]
        assert [row.kind for row in ask("people.absences", shop.accountant)] == ["vacation"]
        assert [row.kind for row in ask("people.absences", shop.manager)] == ["vacation"]
        assert ask("people.away", shop.stranger) == []
        assert ask("people.absences", shop.stranger) == []


def test_a_request_waits_for_its_approver(shop):
    away(shop, "accountant", "quality", approved=False)
    assert len(ask("people.absences", shop.manager, which="decide")) == 1
    assert len(ask("people.absences", shop.administrator, which="decide")) == 1
    assert ask("people.absences", shop.warehouse, which="decide") == []
    assert ask("people.absences", shop.warehouse) == [], "not approved, nobody's business yet"


DAY0 = datetime(2026, 1, 1, tzinfo=UTC)
SPANS = st.tuples(st.integers(0, 9), st.integers(1, 5)).map(
    lambda s: (DAY0 + timedelta(s[0]), DAY0 + timedelta(s[0] + s[1]))
)
AWAY = st.builds(lambda p, d, s: Away(p, d, *s), st.integers(1, 4), st.integers(1, 4), SPANS)


@given(AWAY.filter(lambda a: a.person != a.deputy), st.lists(AWAY, max_size=8))
def test_circles_are_what_a_calendar_shows_day_by_day(new, others):
    found = False
    for day in (DAY0 + timedelta(n) for n in range(15)):
        if not new.starts <= day < new.ends:
            continue
        reached, ahead = set(), [new.deputy]
        while ahead:
            one = ahead.pop()
            if one not in reached:
                reached.add(one)
                ahead += [a.deputy for a in others if a.person == one and a.starts <= day < a.ends]
        found = found or new.person in reached
    by_person = {one.person: [a for a in others if a.person == one.person] for one in others}
    assert goes_round(new, by_person) == found


def test_time_off_is_asked_for_before_it_is_over_and_an_illness_may_be_entered_afterwards(shop):
    """The fifth, the day before the Monday that is today, is over; today is not until it ends."""
    sunday, monday = MONDAY.date() - timedelta(days=1), MONDAY.date()
    assert [one.code for one in away(shop, "accountant", first=sunday, last=sunday).refused] == ["absence-over"]
    ill = RequestAbsence(sunday, sunday, shop.manager.id, None, "sick")
    assert run("people.request_absence", shop.accountant, [ill]).ok
    assert away(shop, "quality", first=sunday, last=monday).ok, "what has begun already is not over"
