"""Work goes on while somebody is away: a deputy sees and decides it, the event says for whom, and four eyes stay four."""

from datetime import UTC, date, datetime, timedelta

import pytest
from workflow_trial import SYSTEM, drawing, flow, flows, publish, trials, work

from orderway.kernel import clock
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.people.commands import AdmitPerson
from orderway.people.commands.absences import DecideAbsence, RequestAbsence
from orderway.people.queries import actor_of
from orderway.workflow.commands.later import PrioritiseWork, SnoozeWork
from orderway.workflow.commands.proceed import StartMap
from orderway.workflow.commands.questions import AnswerColleague, AskColleague
from orderway.workflow.commands.work import CompleteWork, HandOver

pytestmark = pytest.mark.usefixtures("trial")
MONDAY = datetime(2026, 7, 6, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def monday(trial):
    with clock.at(MONDAY):
        yield


@pytest.fixture
def colleague(shop):
    """A second accountant."""
    row = AdmitPerson("a2@kessler.example", "Second Accountant", ["accountant"], "accountant")
    (id,) = run("people.admit", SYSTEM, [row]).done
    return actor_of(id, shop.company)


def away(shop, who, deputy, days=1):
    """An approved absence from today on."""
    today = date(2026, 7, 6)
    row = RequestAbsence(today, today + timedelta(days=days - 1), shop.administrator.id, deputy.id)
    (id,) = run("people.request_absence", who, [row]).done
    assert run("people.decide_absence", shop.administrator, [DecideAbsence(id)]).ok
    return id


def begin(*items, actor=SYSTEM):
    publish(drawing("".join(items) + flows("s a e") if len(items) == 1 else "".join(items) + flows("s a b e")))
    (id,) = trials()
    assert run("workflow.start", actor, [StartMap("trial_map", id)]).ok
    return id


def listed(actor, which="waiting"):
    return [item.id for item in ask("workflow.work", actor, which=which).rows]


def test_open_and_new_work_comes_to_the_deputy_and_is_theirs_no_more_when_the_absence_ends(shop):
    begin(work("a", role="accountant"))
    (item,) = listed(shop.accountant)
    run("workflow.claim", shop.accountant, [Ref(item)])
    assert listed(shop.quality) == []
    absence = away(shop, shop.accountant, shop.quality)
    assert listed(shop.quality) == listed(shop.quality, "acting") == [item], "taken already, and still it comes"
    (row,) = ask("workflow.work", shop.quality, which="acting").rows
    assert row.acting_for == "Accountant of Kessler"
    begin(work("a", role="accountant"))
    assert len(listed(shop.quality, "acting")) == 2, "and what is new"
    assert ask("workflow.work_item", shop.quality, id=item).mine
    run("people.withdraw_absence", shop.accountant, [Ref(absence)])
    assert listed(shop.quality) == []
    assert run("workflow.complete", shop.quality, [CompleteWork(item)]).refused[0].code == "unknown-work"


def test_the_event_and_the_history_say_for_whom_a_deputy_decided(shop):
    id = begin(work("a", role="accountant"))
    away(shop, shop.accountant, shop.quality)
    (item,) = listed(shop.quality)
    assert run("workflow.complete", shop.quality, [CompleteWork(item)]).ok
    (event,) = fetch(
        "select actor_id, on_behalf_of from event where name = 'work.completed' order by id desc limit 1", {}
    )
    assert (event.actor_id, event.on_behalf_of) == (shop.quality.id, shop.accountant.id)
    (done,) = ask("workflow.history", shop.manager, subject_type="trial", subject=id)
    assert (done.done_by, done.done_for) == ("Quality of Kessler", "Accountant of Kessler")


def test_who_holds_the_role_themselves_decides_as_themselves(shop, colleague):
    begin(work("a", role="accountant"))
    away(shop, shop.accountant, colleague)
    (item,) = listed(colleague)
    assert listed(colleague, "acting") == []
    assert run("workflow.complete", colleague, [CompleteWork(item)]).ok
    (event,) = fetch("select on_behalf_of from event where name = 'work.completed' order by id desc limit 1", {})
    assert event.on_behalf_of is None


def test_what_a_deputy_takes_is_taken_for_who_is_away(shop):
    begin(work("a", role="accountant"))
    away(shop, shop.accountant, shop.quality)
    (item,) = listed(shop.quality)
    assert run("workflow.claim", shop.quality, [Ref(item)]).ok
    (row,) = ask("workflow.work", shop.accountant, which="mine").rows
    assert row.assignee == "Accountant of Kessler"


def test_a_deputy_for_somebody_else_cannot_take_what_a_colleague_has(shop, colleague):
    begin(work("a", role="accountant"))
    (item,) = listed(colleague)
    run("workflow.claim", colleague, [Ref(item)])
    away(shop, shop.accountant, shop.quality)
    assert listed(shop.quality) == []
    assert run("workflow.claim", shop.quality, [Ref(item)]).refused[0].code == "unknown-work"


FOUR = 'o:notBy="a start"'


def two_steps(shop, actor=SYSTEM):
    begin(work("a", role="accountant"), work("b", role="quality", more=FOUR), actor=actor)
    return listed(shop.accountant)[0]


def test_four_eyes_hold_though_somebody_is_the_deputy_of_both(shop):
    first = two_steps(shop)
    away(shop, shop.accountant, shop.planner)
    away(shop, shop.quality, shop.planner)
    assert run("workflow.complete", shop.planner, [CompleteWork(first)]).ok
    (second,) = listed(shop.planner)
    refused = run("workflow.complete", shop.planner, [CompleteWork(second)]).refused
    assert [(one.code, one.facts["node"]) for one in refused] == [("four-eyes", "a")]
    assert run("workflow.complete", shop.quality, [CompleteWork(second)]).ok, "away, and still the one to ask"


def test_who_decided_before_does_not_approve_as_a_deputy_of_another(shop):
    first = two_steps(shop)
    assert run("workflow.complete", shop.accountant, [CompleteWork(first)]).ok
    away(shop, shop.quality, shop.accountant)
    (second,) = listed(shop.accountant)
    assert run("workflow.complete", shop.accountant, [CompleteWork(second)]).refused[0].code == "four-eyes"


def test_whose_deputy_decided_before_does_not_approve_themselves(shop):
    row = AdmitPerson("both@kessler.example", "Holds Both", ["accountant", "quality"])
    both = actor_of(run("people.admit", SYSTEM, [row]).done[0], shop.company)
    begin(work("a", role="accountant"), work("b", role="quality", more=FOUR))
    (first,) = listed(both)
    run("workflow.claim", both, [Ref(first)])
    absence = away(shop, both, shop.planner)
    assert run("workflow.complete", shop.planner, [CompleteWork(first)]).ok
    run("people.withdraw_absence", both, [Ref(absence)])
    (second,) = listed(both)
    assert run("workflow.complete", both, [CompleteWork(second)]).refused[0].code == "four-eyes"


def test_who_started_does_not_approve_where_the_map_says_so(shop):
    begin(work("a", role="manager", more='o:notBy="start"'), actor=shop.manager)
    (item,) = listed(shop.manager)
    refused = run("workflow.complete", shop.manager, [CompleteWork(item)]).refused
    assert [(one.code, one.facts["node"]) for one in refused] == [("four-eyes", "start")]


def test_four_eyes_hold_though_both_are_decided_in_one_set(shop, colleague):
    publish(drawing(
        '<parallelGateway id="f"/>' + work("a", role="accountant", more='o:notBy="b"')
        + work("b", role="accountant", more='o:notBy="a"') + '<parallelGateway id="j"/>' + flows("s f a j e", "f b j")
    ))  # fmt: skip
    run("workflow.start", SYSTEM, [StartMap("trial_map", trials()[0])])
    both = [CompleteWork(item) for item in listed(shop.accountant)]
    assert len(both) == 2
    outcome = run("workflow.complete", shop.accountant, both, partial=True)
    assert [one.code for one in outcome.refused] == ["four-eyes"]
    assert run("workflow.complete", colleague, [CompleteWork(outcome.refused[0].subject)]).ok


def test_sending_back_lets_somebody_else_decide_again(shop, colleague):
    publish(drawing(
        work("a", role="accountant") + work("b", "ok", "back", role="accountant", more='o:notBy="a"')
        + '<exclusiveGateway id="g" default="g.a"/>' + flows("s a b g") + flow("g", "e", 'outcome = "ok"') + flow("g", "a")
    ))  # fmt: skip
    run("workflow.start", SYSTEM, [StartMap("trial_map", trials()[0])])
    assert run("workflow.complete", shop.accountant, [CompleteWork(listed(shop.accountant)[0])]).ok
    (item,) = listed(shop.accountant)
    assert (
        run("workflow.complete", shop.accountant, [CompleteWork(item, "back", reason="no")]).refused[0].code
        == "four-eyes"
    )
    assert run("workflow.complete", colleague, [CompleteWork(item, "ok")]).ok


def test_what_is_put_off_comes_back_by_itself(shop):
    begin(work("a"))
    (item,) = listed(shop.manager)
    later = MONDAY + timedelta(hours=3)
    assert run("workflow.snooze", shop.manager, [SnoozeWork(item, MONDAY)]).refused[0].code == "not-in-the-future"
    assert run("workflow.snooze", shop.manager, [SnoozeWork(item, later)]).ok
    assert listed(shop.manager) == []
    assert listed(shop.manager, "snoozed") == [item]
    with clock.at(later):
        assert listed(shop.manager) == listed(shop.manager, "mine") == [item]
        assert listed(shop.manager, "snoozed") == []
    assert run("workflow.snooze", shop.manager, [SnoozeWork(item)]).ok
    assert listed(shop.manager) == [item], "or at once"


def test_what_is_urgent_stands_before_what_is_due(shop):
    first, second = begin(work("a")), begin(work("a"))
    items = listed(shop.manager)
    assert run("workflow.prioritise", shop.manager, [PrioritiseWork(items[1], 2)]).ok
    assert listed(shop.manager) == items[::-1]
    assert first < second
    assert run("workflow.prioritise", shop.manager, [PrioritiseWork(items[1], 9)]).refused[0].code == "unknown-priority"
    assert run("workflow.prioritise", shop.quality, [PrioritiseWork(items[1], 1)]).refused[0].code == "not-allowed"


def test_a_colleague_is_asked_sees_the_item_and_answers_and_it_stays_where_it_is(shop):
    begin(work("a"))
    (item,) = listed(shop.manager)
    assert (
        run("workflow.ask", shop.manager, [AskColleague(item, shop.warehouse.id, " ")]).refused[0].code
        == "text-missing"
    )
    assert (
        run("workflow.ask", shop.manager, [AskColleague(item, shop.stranger.id, "?")]).refused[0].code
        == "unknown-person"
    )
    (question,) = run("workflow.ask", shop.manager, [AskColleague(item, shop.warehouse.id, "Is it there?")]).done
    assert listed(shop.warehouse, "asked") == [item]
    seen = ask("workflow.work_item", shop.warehouse, id=item)
    assert seen.questions[0].text == "Is it there?"
    assert not seen.mine
    assert run("workflow.complete", shop.warehouse, [CompleteWork(item)]).refused[0].code == "not-your-role"
    assert run("workflow.answer", shop.manager, [AnswerColleague(question, "Yes")]).refused[0].code == "not-yours"
    assert run("workflow.answer", shop.warehouse, [AnswerColleague(question, "Yes, 40.")]).ok
    assert listed(shop.warehouse, "asked") == []
    assert ask("workflow.work_item", shop.manager, id=item).questions[0].answer == "Yes, 40."
    assert listed(shop.manager) == [item]
    assert (
        run("workflow.answer", shop.warehouse, [AnswerColleague(question, "No")]).refused[0].code == "already-answered"
    )


def test_my_departments_list_shows_what_colleagues_have_too(shop, colleague):
    lane = '<laneSet id="l"><lane id="q" o:department="accountant"><flowNodeRef>a</flowNodeRef></lane></laneSet>'
    begin(lane + work("a", role="accountant"))
    (item,) = listed(shop.accountant)
    run("workflow.claim", colleague, [Ref(item)])
    assert listed(shop.accountant) == []
    assert listed(shop.accountant, "department") == [item]
    assert listed(shop.quality, "department") == []


def test_handing_over_to_somebody_without_the_role_is_refused_for_deputies_too(shop):
    begin(work("a", role="accountant"))
    away(shop, shop.accountant, shop.quality)
    (item,) = listed(shop.quality)
    assert (
        run("workflow.hand_over", shop.quality, [HandOver(item, shop.quality.id)]).refused[0].code == "not-their-role"
    )
