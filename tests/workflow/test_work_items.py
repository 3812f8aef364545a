"""What persons may do with work items; all of it comes from the drawing: role, due time, form, check items, outcomes."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation
from workflow_trial import SYSTEM, change, drawing, flow, flows, log, publish, standing, step, trials, work

from orderway.kernel import clock
from orderway.kernel.outcome import Outcome
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.people.commands import AdmitPerson
from orderway.people.commands.calendars import Hours, SetCalendar
from orderway.people.queries import actor_of
from orderway.workflow.commands.proceed import StartMap, drain
from orderway.workflow.commands.work import CompleteWork, HandOver

pytestmark = pytest.mark.usefixtures("trial")

FORM = (
    '<o:instruction>Look twice.</o:instruction><o:instruction lang="de">Zweimal hinsehen.</o:instruction>'
    '<o:field name="percent" type="number" label="Percent" de="Prozent" required="true"/>'
    '<o:field name="colour" type="choice" label="Colour"><o:choice value="4/0" label="Four" de="Vier"/></o:field>'
    '<o:field name="day" type="date" label="Day"/><o:field name="rush" type="boolean" label="Rush"/>'
    '<o:check name="proof" label="Proof seen" de="Proof gesehen"/><o:check name="paper" label="Paper there"/>'
)
FILLED = {"percent": "12.50", "colour": "4/0", "day": "2026-03-02", "rush": True}


def print_case() -> str:
    """A manager fills, an accountant approves the sheet, quality checks; both may send back to the manager."""
    return drawing(
        work("fill", "filled")
        + work("approve", "ok", "back", role="accountant", more='o:holds="sheet"')
        + work("quality", "ok", "back", role="quality")
        + '<exclusiveGateway id="g" default="g.fill"/><exclusiveGateway id="h" default="h.fill"/>'
        + step("x", "a")
        + flows("s fill approve g", "quality h", "x e")
        + flow("g", "quality", 'outcome = "ok"') + flow("g", "fill")
        + flow("h", "x", 'outcome = "ok"') + flow("h", "fill")
    )  # fmt: skip


def begin(xml: str) -> int:
    publish(xml)
    (id,) = trials()
    assert run("workflow.start", SYSTEM, [StartMap("trial_map", id)]).ok
    return id


def items(actor: Any, which: str = "waiting") -> list[Any]:
    return list(ask("workflow.work", actor, which=which).rows)


def finish(actor: Any, outcome: str = "done", **more: Any) -> Outcome:
    """Finish the one item that waits for this person."""
    (item,) = items(actor)
    return run("workflow.complete", actor, [CompleteWork(item.id, outcome, **more)])


@pytest.fixture
def other_manager(shop: Any) -> Iterator[Any]:
    """A second manager of the same company."""
    (id,) = run("people.admit", SYSTEM, [AdmitPerson("m2@kessler.example", "Second Manager", ["manager"])]).done
    return actor_of(id, shop.company)


def test_the_role_comes_from_the_map(shop):
    id = begin(drawing(work("w", role="quality") + flows("s w e")))
    assert [item.subject_id for item in items(shop.quality)] == [id]
    assert items(shop.manager) == []
    (item,) = items(SYSTEM, "all")
    assert run("workflow.complete", shop.manager, [CompleteWork(item.id)]).refused[0].code == "unknown-work"
    assert run("workflow.complete", shop.administrator, [CompleteWork(item.id)]).refused[0].code == "not-your-role"
    assert run("workflow.complete", shop.quality, [CompleteWork(item.id)]).ok
    begin(drawing(work("w", role="planner") + flows("s w e")))
    assert len(items(shop.planner)) == 1, "drawn with another role, another list has it"
    assert items(shop.quality) == []


def test_form_check_items_and_due_time_come_from_the_map(shop):
    morning = datetime(2026, 3, 2, 8, tzinfo=UTC)
    with clock.at(morning):
        id = begin(drawing(work("w", "ok", "back", inner=FORM) + flows("s w e")))
        (item,) = items(shop.manager)
        with translation.override("de"):
            form = ask("workflow.work_item", shop.manager, id=item.id)
    assert (item.name, item.title, item.due_at) == ("w", "Trial", morning + timedelta(days=1))
    assert form.instruction == "Zweimal hinsehen."
    assert [(f.label, f.type, f.required, f.choices) for f in form.fields[:2]] == [
        ("Prozent", "number", True, []),
        ("Colour", "choice", False, [("4/0", "Vier")]),
    ]
    assert form.checks == [("proof", "Proof gesehen", False), ("paper", "Paper there", False)]
    assert [(name, back) for name, _, back in form.outcomes] == [("ok", False), ("back", True)]
    assert form.mine
    assert standing(id) == [("w", "waiting")]


@pytest.mark.parametrize(
    ("given", "code", "facts"),
    [
        ({"outcome": "no"}, "unknown-outcome", {"outcome": "no", "allowed": ["ok", "back"]}),
        ({"outcome": "back", "reason": " "}, "reason-missing", {"outcome": "back"}),
        ({"checks": ["proof"]}, "incomplete", {"fields": [], "checks": ["paper"], "labels": ["Paper there"]}),
        ({"values": {}}, "incomplete", {"fields": ["percent"], "checks": [], "labels": ["Percent"]}),
        ({"values": {"percent": ""}}, "incomplete", {"fields": ["percent"], "checks": [], "labels": ["Percent"]}),
        (
            {"values": {}, "checks": []},
            "incomplete",
            {"fields": ["percent"], "checks": ["proof", "paper"], "labels": ["Percent", "Proof seen", "Paper there"]},
        ),
        ({"values": {**FILLED, "percent": "many"}}, "field-invalid", {"fields": ["percent"], "labels": ["Percent"]}),
        ({"values": {**FILLED, "percent": "NaN"}}, "field-invalid", {"fields": ["percent"], "labels": ["Percent"]}),
        ({"values": {**FILLED, "percent": True}}, "field-invalid", {"fields": ["percent"], "labels": ["Percent"]}),
        ({"values": {**FILLED, "colour": "9/9"}}, "field-invalid", {"fields": ["colour"], "labels": ["Colour"]}),
        ({"values": {**FILLED, "day": "2.3.2026"}}, "field-invalid", {"fields": ["day"], "labels": ["Day"]}),
        ({"values": {**FILLED, "rush": "yes"}}, "field-invalid", {"fields": ["rush"], "labels": ["Rush"]}),
        ({"values": {**FILLED, "ghost": 1}}, "field-invalid", {"fields": ["ghost"], "labels": ["ghost"]}),
    ],
)
def test_a_work_item_is_left_only_when_all_the_map_asks_is_there(shop, given, code, facts):
    begin(drawing(work("w", "ok", "back", inner=FORM) + flows("s w e")))
    whole = {"outcome": "ok", "values": FILLED, "checks": ["proof", "paper"]}
    (refusal,) = finish(shop.manager, **{**whole, **given}).refused
    assert (refusal.code, refusal.facts) == (code, facts)
    assert finish(shop.manager, **whole).ok
    (past,) = fetch(
        "select values::text as values, checks, done_by from work_item where state = 'done' order by id desc limit 1",
        {},
    )
    assert past.checks == ["proof", "paper"]
    assert past.done_by == shop.manager.id
    assert '"percent": "12.50"' in past.values


def test_sending_back_needs_no_check_items_but_a_reason(shop):
    begin(drawing(work("w", "ok", "back", inner=FORM) + flows("s w e")))
    assert finish(shop.manager, outcome="back", reason="no proof here").ok


def test_a_rejection_returns_to_the_same_manager_with_the_reason(shop, other_manager):
    id = begin(print_case())
    assert finish(other_manager, "filled").ok
    assert finish(shop.accountant, "back", reason="price is too low").ok
    assert items(shop.manager) == [], "not to the other manager"
    (item,) = items(other_manager)
    assert (item.node, item.assignee, item.why, item.why_code) == (
        "fill",
        "Second Manager",
        "price is too low",
        "sent-back",
    )
    assert item.why_by == "Accountant of Kessler"
    assert (
        run("workflow.complete", shop.manager, [CompleteWork(item.id, "filled")]).refused[0].code
        == "somebody-else-has-it"
    )
    assert finish(other_manager, "filled").ok
    (again,) = items(shop.accountant)
    assert (again.node, again.why) == ("approve", "")
    events = names(id)
    assert events == ["process.started", "work.completed", "work.sent_back", "work.completed"]


def names(id: int) -> list[str]:
    rows = fetch("select name from event where root_type = 'trial' and root_id = %(id)s order by id", {"id": id})
    return [row.name for row in rows]


def test_an_approval_that_still_holds_stays_and_a_changed_paper_is_asked_again(shop):
    id = begin(print_case())
    finish(shop.manager, "filled")
    finish(shop.accountant, "ok")
    finish(shop.quality, "back", reason="bleed is missing")
    finish(shop.manager, "filled")
    assert items(shop.accountant) == [], "the sheet is the one that was approved"
    assert "approval.kept" in names(id)
    assert finish(shop.quality, "back", reason="other paper, please").ok, "quality is asked again"
    change(id, sheet="v2")
    finish(shop.manager, "filled")
    assert finish(shop.accountant, "ok").ok, "a new sheet needs a new approval"
    assert finish(shop.quality, "ok").ok
    assert log(id) == ["a"]


def test_an_approval_that_was_refused_never_holds(shop):
    begin(print_case())
    finish(shop.manager, "filled")
    finish(shop.accountant, "back", reason="no")
    finish(shop.manager, "filled")
    assert len(items(shop.accountant)) == 1


def test_two_take_the_same_item_and_the_second_is_told_who_has_it(shop, other_manager):
    begin(drawing(work("w") + flows("s w e")))
    (item,) = items(shop.manager)
    assert run("workflow.claim", shop.manager, [Ref(item.id)]).ok
    (refusal,) = run("workflow.claim", other_manager, [Ref(item.id)]).refused
    assert (refusal.code, refusal.facts["person"]) == ("somebody-else-has-it", shop.manager.id)
    assert run("workflow.complete", other_manager, [CompleteWork(item.id)]).refused[0].code == "somebody-else-has-it"
    assert items(other_manager) == []
    assert [one.id for one in items(other_manager, "all")] == [item.id]
    assert [one.id for one in items(shop.manager, "mine")] == [item.id]


def test_handing_over_goes_to_the_same_role_only_or_back_to_all(shop, other_manager):
    begin(drawing(work("w") + flows("s w e")))
    (item,) = items(shop.manager)
    (refusal,) = run("workflow.hand_over", shop.manager, [HandOver(item.id, shop.quality.id)]).refused
    assert refusal.code == "not-their-role"
    assert run("workflow.hand_over", shop.manager, [HandOver(item.id, other_manager.id, "you know them")]).ok
    assert [one.id for one in items(other_manager, "mine")] == [item.id]
    assert items(shop.manager) == []
    assert run("workflow.hand_over", other_manager, [HandOver(item.id)]).ok
    assert [one.id for one in items(shop.manager)] == [item.id]


def test_finishing_twice_is_refused_and_a_bulk_is_all_or_nothing(shop):
    publish(drawing(work("w", "ok", "back") + flows("s w e")))
    ids = trials(3)
    run("workflow.start", SYSTEM, [StartMap("trial_map", id) for id in ids])
    first, *rest = items(shop.manager)
    assert run("workflow.complete", shop.manager, [CompleteWork(first.id, "ok")]).ok
    both = [CompleteWork(item.id, "ok") for item in (first, *rest)]
    outcome = run("workflow.complete", shop.manager, both)
    assert [(r.code, r.subject) for r in outcome.refused] == [("already-done", first.id)]
    assert len(items(shop.manager)) == 2, "nothing was done"
    assert list(run("workflow.complete", shop.manager, both, partial=True).done) == [item.id for item in rest]


def test_late_work_stands_first_and_can_be_asked_for(shop):
    publish(drawing(work("w") + flows("s w e")))
    (new,), (old,) = trials(), trials()
    now = datetime(2026, 3, 9, 8, tzinfo=UTC)
    with clock.at(now - timedelta(days=3)):
        run("workflow.start", SYSTEM, [StartMap("trial_map", old)])
    with clock.at(now):
        run("workflow.start", SYSTEM, [StartMap("trial_map", new)])
        assert [(item.subject_id, item.late) for item in items(shop.manager)] == [(old, True), (new, False)]
        assert [item.subject_id for item in ask("workflow.work", shop.manager, late=True).rows] == [old]
        assert [item.subject_id for item in ask("workflow.work", shop.manager, department="sales").rows] == []


def test_the_past_of_a_subject_tells_who_decided_what(shop):
    id = begin(print_case())
    finish(shop.manager, "filled")
    finish(shop.accountant, "back", reason="too low")
    past = ask("workflow.history", shop.manager, subject_type="trial", subject=id)
    assert [(one.node, one.state, one.done_by, one.outcome, one.reason) for one in past] == [
        ("fill", "done", "Manager of Kessler", "filled", ""),
        ("approve", "done", "Accountant of Kessler", "back", "too low"),
        ("fill", "open", "", "", ""),
    ]


def test_due_times_and_timers_follow_the_departments_calendar(shop):
    run("people.set_calendar", shop.administrator, [SetCalendar("", [Hours(d, "08:00", "16:00") for d in range(1, 6)])])
    run("people.set_calendar", shop.administrator, [SetCalendar("quality", [Hours(6, "10:00", "12:00")])])
    lanes = (
        '<laneSet id="l"><lane id="q" o:department="quality"><flowNodeRef>w</flowNodeRef></lane>'
        '<lane id="o" o:department="planner"><flowNodeRef>t</flowNodeRef></lane></laneSet>'
    )
    timer = '<intermediateCatchEvent id="t"><timerEventDefinition id="td"><timeDuration>PT3H</timeDuration></timerEventDefinition></intermediateCatchEvent>'
    friday = datetime(2026, 11, 20, 14, tzinfo=UTC)  # three in the afternoon in Berlin
    with clock.at(friday):
        id = begin(drawing(lanes + timer + work("w", role="quality") + work("x") + flows("s t w x e")))
    (row,) = fetch("select t.due_at from timer t join token k on k.id = t.token_id where k.node = 't'", {})
    assert row.due_at == datetime(2026, 11, 23, 9, tzinfo=UTC), "an hour on Friday, two on Monday"
    with clock.at(datetime(2026, 11, 23, 10, tzinfo=UTC)):
        assert drain() == 1
        assert standing(id) == [("w", "waiting")]
        (item,) = items(shop.quality)
        assert item.due_at == datetime(2026, 12, 5, 9, tzinfo=UTC), (
            "work begins on Saturday at ten; a working day later"
        )
        assert run("workflow.complete", shop.quality, [CompleteWork(item.id)]).ok
        (item,) = items(shop.manager)
    assert item.due_at == datetime(2026, 11, 24, 10, tzinfo=UTC), "no lane: the company's calendar"


def test_a_step_may_count_by_the_clock(shop):
    run("people.set_calendar", shop.administrator, [SetCalendar("", [Hours(1, "08:00", "16:00")])])
    with clock.at(datetime(2026, 11, 20, 14, tzinfo=UTC)):
        begin(drawing(work("w", more='o:counts="elapsed"') + flows("s w e")))
    (item,) = items(shop.manager)
    assert item.due_at == datetime(2026, 11, 21, 14, tzinfo=UTC)
