"""Nobody has to watch the clock: reminders before, escalations at and after the due time, each once, none when the work is done."""

from datetime import UTC, datetime, timedelta

import pytest
from workflow_trial import SYSTEM, drawing, flows, publish, trials, work

from orderway.kernel import clock
from orderway.kernel.access import system_actor
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.people.commands.calendars import Hours, SetCalendar
from orderway.workflow.commands.notices import drain
from orderway.workflow.commands.proceed import StartMap
from orderway.workflow.commands.publish import PublishMap
from orderway.workflow.commands.work import CompleteWork, HandOver

pytestmark = pytest.mark.usefixtures("trial")
MONDAY = datetime(2026, 7, 6, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
LEVELS = (
    '<o:remind before="PT4H"/><o:remind before="PT1H"/>'
    '<o:escalate after="PT0S" to="planner"/><o:escalate after="PT6H" to="administrator"/>'
)


@pytest.fixture(autouse=True)
def monday(trial):
    with clock.at(MONDAY):
        yield


def begin(n=1, inner=LEVELS, role="accountant"):
    """n subjects on a map with one step, due after a day; the ids of their work items."""
    publish(drawing(work("a", role=role, inner=inner) + flows("s a e")))
    roots = run("workflow.start", SYSTEM, [StartMap("trial_map", id) for id in trials(n)]).done
    rows = fetch("select id from work_item where instance_id = any(%(r)s::bigint[]) order by id", {"r": list(roots)})
    return [row.id for row in rows]


def told(item):
    rows = fetch(
        "select kind, level, state from work_notice where work_item_id = %(id)s and state <> 'waiting' order by at, id",
        {"id": item},
    )
    return [(row.kind, row.level) for row in rows if row.state == "told"]


def at(hours):
    """Let the clock stand so many hours after Monday morning, and tell what is due."""
    with clock.at(MONDAY + hours * HOUR):
        return drain()


def test_what_is_past_its_deadline_stands_among_the_late_within_the_minute(trial):
    (item,) = begin()
    for seconds, late in ((0, []), (60, [item])):
        with clock.at(MONDAY + 24 * HOUR + timedelta(seconds=seconds)):
            assert [row.id for row in ask("workflow.work", trial.accountant, late=True).rows] == late


def test_each_level_is_told_at_its_moment_and_never_again():
    (item,) = begin()
    assert at(19) == 0
    seen = [(hours, at(hours), told(item)[-1]) for hours in (20, 23, 24, 30)]
    assert seen == [
        (20, 1, ("reminder", 1)), (23, 1, ("reminder", 2)), (24, 1, ("escalation", 1)), (30, 1, ("escalation", 2)),
    ]  # fmt: skip
    assert at(500) == 0
    assert len(told(item)) == 4


def test_nothing_more_is_told_once_the_work_is_done(shop):
    (item,) = begin()
    at(20)
    with clock.at(MONDAY + 21 * HOUR):
        assert run("workflow.complete", shop.accountant, [CompleteWork(item)]).ok
    at(500)
    assert told(item) == [("reminder", 1)]
    states = {row.state for row in fetch("select state from work_notice where work_item_id = %(i)s", {"i": item})}
    assert states == {"told", "dropped"}


def test_a_clock_that_stood_still_tells_everything_that_was_missed_once():
    items = begin(30)
    assert at(25) == 90
    assert all(told(item) == [("reminder", 1), ("reminder", 2), ("escalation", 1)] for item in items)


def test_a_worker_that_dies_midway_tells_again_what_was_not_kept_and_nothing_twice(shop):
    from django.db import transaction

    (item,) = begin()
    ids = [row.id for row in fetch("select id from work_notice where work_item_id = %(i)s", {"i": item})]
    with clock.at(MONDAY + 24 * HOUR):
        with transaction.atomic():
            run("workflow.tell_due", system_actor(shop.company), [Ref(id) for id in ids])
            transaction.set_rollback(True)  # the worker dies before it commits
        assert told(item) == []
        run("workflow.tell_due", system_actor(shop.company), [Ref(id) for id in ids])
        run("workflow.tell_due", system_actor(shop.company), [Ref(id) for id in ids])
    (events,) = fetch(
        "select count(*) as n from event where name = 'notice.due' and subject_id = any(%(i)s::bigint[])", {"i": ids}
    )
    assert events.n == 3


def test_the_database_refuses_a_second_notice_of_the_same_level():
    from django.db import IntegrityError, transaction

    (item,) = begin()
    copy = """insert into work_notice (company_id, instance_id, work_item_id, kind, level, at, to_role, state)
              select company_id, instance_id, work_item_id, kind, level, at, to_role, state from work_notice
              where work_item_id = %(i)s"""
    with pytest.raises(IntegrityError), transaction.atomic():
        fetch(copy, {"i": item})


def test_an_escalation_shows_the_work_to_its_role_who_may_give_it_to_others_but_not_decide_it(shop):
    (item,) = begin()
    assert ask("workflow.work_item", shop.planner, id=item) is None
    at(24)
    seen = ask("workflow.work_item", shop.planner, id=item)
    assert (seen.row.escalation, seen.mine) == (1, False)
    assert run("workflow.complete", shop.planner, [CompleteWork(item)]).refused[0].code == "not-your-role"
    assert run("workflow.hand_over", shop.planner, [HandOver(item, shop.accountant.id)]).ok


def test_reminders_count_working_time_and_one_whose_moment_has_passed_is_left_out(shop):
    run("people.set_calendar", shop.administrator, [SetCalendar("", [Hours(d, "08:00", "16:00") for d in range(1, 6)])])
    (item,) = begin(inner='<o:remind before="P2D"/><o:remind before="PT3H"/>')
    rows = fetch("select level, at from work_notice where work_item_id = %(i)s", {"i": item})
    # due on Tuesday at ten in Berlin; three working hours before is Monday, three in the afternoon
    assert [(row.level, row.at) for row in rows] == [(2, datetime(2026, 7, 6, 13, tzinfo=UTC))]


def test_a_whole_map_has_a_due_time_of_its_own():
    xml = drawing('<extensionElements><o:remind before="PT2H"/><o:escalate after="PT1H" to="manager"/></extensionElements>'
                  + work("a") + flows("s a e")).replace('o:subject="trial"', 'o:subject="trial" o:due="PT10H"')  # fmt: skip
    publish(xml)
    (root,) = run("workflow.start", SYSTEM, [StartMap("trial_map", trials()[0])]).done
    (row,) = fetch("select due_at from process_instance where id = %(i)s", {"i": root})
    assert row.due_at == MONDAY + 10 * HOUR
    assert [at(hours) for hours in (7, 8, 10, 11, 99)] == [0, 1, 0, 1, 0]


def test_the_report_counts_what_was_met_and_what_was_late_by_step_and_month(shop):
    items = begin(5)
    with clock.at(MONDAY + 2 * HOUR):
        run("workflow.complete", shop.accountant, [CompleteWork(id) for id in items[:3]])
    with clock.at(MONDAY + 30 * HOUR):
        run("workflow.complete", shop.accountant, [CompleteWork(items[3])])
        rows = ask("workflow.compliance", shop.manager, map="trial_map", until=MONDAY.date() + timedelta(days=30))
        (row,) = [one for one in rows if one.month.month == 7]
        assert (row.node, row.name, str(row.month)) == ("a", "a", "2026-07-01")
        assert (row.met, row.late, row.overdue, row.share) == (3, 1, 1, 60)
        assert row.median == timedelta(hours=2)
        assert row not in ask("workflow.compliance", shop.manager, since=datetime(2026, 8, 1, tzinfo=UTC).date())
        assert [one for one in ask("workflow.compliance", shop.stranger) if one.map == "trial_map"] == []


@pytest.mark.parametrize(
    ("inner", "code"),
    [
        ('<o:remind before="soon"/>', "bad-duration"),
        ('<o:escalate after="P1Q" to="manager"/>', "bad-duration"),
        ('<o:escalate after="P1D" to="boss"/>', "unknown-role"),
        ('<o:escalate after="P1D"/>', "bad-duration"),
    ],
)
def test_a_map_that_says_it_wrong_is_refused(inner, code):
    xml = drawing(work("a", inner=inner) + flows("s a e"))
    (refusal,) = run("workflow.publish", SYSTEM, [PublishMap(xml)]).refused
    assert [problem["code"] for problem in refusal.facts["problems"]] == [code]
