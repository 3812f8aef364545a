"""Trying a change: what it tells of who goes another way, what is assumed, what cannot be replayed, and of tables (OW-01)."""

from datetime import timedelta
from typing import Any

import pytest
from test_rule_tasks import ROUTED, RULES, publish_table, table
from test_trying_replay import DRAWER, tried
from traced import BEGIN
from workflow_trial import SYSTEM, change, drawing, flow, flows, publish, standing, step, trials, wait, work

from orderway.kernel import clock
from orderway.kernel.access import Actor, NotAllowed
from orderway.kernel.context import Context
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.workflow.commands.draft import SaveDraft
from orderway.workflow.commands.move_over import MoveOver
from orderway.workflow.commands.proceed import StartMap, StopMap, arrive, drain
from orderway.workflow.commands.work import CompleteWork

LATER = BEGIN + timedelta(days=3)


def start(key: str, people: list[int]) -> None:
    run("workflow.start", SYSTEM, [StartMap(key, one) for one in people])


def decide(people: list[int], node: str, outcome: str) -> None:
    rows = fetch(
        "select id from work_item where state = 'open' and node = %(node)s and subject_type = 'trial' and subject_id = any(%(ids)s::bigint[])",
        {"node": node, "ids": people},
    )
    assert run("workflow.complete", SYSTEM, [CompleteWork(row.id, outcome, reason="so") for row in rows]).ok


def save(xml: str, key: str = "trial_map") -> None:
    (row,) = fetch("select coalesce(max(revision), 0) as revision from process_draft where map = %(key)s", {"key": key})
    assert run("workflow.save_draft", DRAWER, [SaveDraft(key, xml, row.revision)]).ok


ONE_LOOK = drawing(step("a", "a") + work("look", "good", "bad") + step("b", "b") + flows("s a look b e"))
TWO_LOOKS = drawing(
    step("a", "a")
    + work("look", "good", "bad")
    + work("again", "fine", "back_no")
    + step("b", "b")
    + flows("s a look again b e")
)


@pytest.fixture
def looked_at(trial: object) -> list[int]:
    """Three that were looked at after two hours, and one that nobody has looked at yet."""
    with clock.at(BEGIN):
        publish(ONE_LOOK)
        people = trials(4)
        start("trial_map", people)
    with clock.at(BEGIN + timedelta(hours=2)):
        decide(people[:3], "look", "good")
    return people


def test_a_second_approval_is_more_work_and_takes_the_usual_time(looked_at: list[int]) -> None:
    save(TWO_LOOKS)
    with clock.at(LATER):
        found = tried("trial_map")
    assert (found.sums.subjects, found.sums.differing, found.sums.more_work, found.sums.less_work) == (4, 3, 3, 0)
    rows = {row.subject: row for row in found.rows}
    for one in looked_at[:3]:
        assert rows[one].extra == [("trial_map", "again")]
        assert rows[one].took_before == timedelta(hours=2)
        assert rows[one].took_after == timedelta(hours=4)  # half of the decisions of a manager took two hours at most
    assert not rows[looked_at[3]].differs  # it still waits where it waits
    assert [(one.code, one.node, one.subjects) for one in found.assumed] == [("decision-new", "again", 3)]
    assert [(one.node, one.name, one.more, one.fewer) for one in found.steps] == [("again", "again", 3, 0)]


def test_an_approval_that_is_left_out_lets_those_go_on_that_wait(looked_at: list[int]) -> None:
    save(drawing(step("a", "a") + step("b", "b") + flows("s a b e")))
    with clock.at(LATER):
        found = tried("trial_map")
    assert (found.sums.differing, found.sums.less_work, found.sums.more_work) == (4, 4, 0)
    waiting = next(row for row in found.rows if row.subject == looked_at[3])
    assert (waiting.missing, waiting.extra, waiting.ends) == (
        [("trial_map", "look")],
        [("trial_map", "b"), ("trial_map", "e")],
        "ended",
    )


def test_a_decision_that_is_no_choice_any_more_and_one_of_another_role_are_told(looked_at: list[int]) -> None:
    other = work("look", "splendid", role="planner")
    save(drawing(step("a", "a") + other + step("b", "b") + flows("s a look b e")))
    with clock.at(LATER):
        found = tried("trial_map")
    assert {row.subject: row.handed for row in found.rows} == {one: [("trial_map", "look")] for one in looked_at}
    assert [(one.code, one.subjects) for one in found.assumed] == [("outcome-gone", 3)]


def test_what_is_late_by_a_shorter_term_is_counted(looked_at: list[int]) -> None:
    save(ONE_LOOK.replace('o:due="P1D"', 'o:due="PT1H" o:counts="elapsed"'))
    with clock.at(BEGIN + timedelta(hours=3)):
        found = tried("trial_map")
    assert (found.sums.late_before, found.sums.late_after, found.sums.differing) == (0, 4, 0)
    assert len(looked_at) == 4


def test_messages_come_when_they_came_and_are_kept_for_who_is_late(trial: object) -> None:
    slow = drawing(work("look", "good") + wait("paid", "paid") + flows("s look paid e"))
    with clock.at(BEGIN):
        publish(drawing(wait("paid", "paid") + flows("s paid e")))
        people = trials(2)
        start("trial_map", people)
    with clock.at(BEGIN + timedelta(hours=5)):
        arrive(Context(SYSTEM, clock.now(), within_command=True), "trial", people[:1], "paid")
        drain()
    save(slow)
    with clock.at(LATER):
        found = tried("trial_map")
    paid, unpaid = found.rows
    assert (paid.extra, paid.missing, paid.ends) == ([("trial_map", "look")], [], "")
    assert paid.took_after >= timedelta(hours=5)
    assert (unpaid.extra, unpaid.took_after) == ([("trial_map", "look")], None)  # it waits for money that never came


def test_a_question_to_facts_answers_as_it_did_though_they_changed_since(trial: object) -> None:
    routed = drawing(
        '<exclusiveGateway id="g" default="g.small"/>' + step("large", "a") + step("small", "b")
        + flows("s g small e", "large e") + flow("g", "large", "total > 5")
    )  # fmt: skip
    with clock.at(BEGIN):
        publish(routed)
        (one,) = trials(1, total=9)
        start("trial_map", [one])
    change(one, total=1)
    with clock.at(LATER):
        assert [row.why or row.differs for row in tried("trial_map").rows] == [False]
        save(routed.replace("total > 5", "total > 4"))
        found = tried("trial_map")
    assert [row.differs for row in found.rows] == [True]
    assert [one.code for one in found.assumed] == ["fact-of-today", "step-new"]


def test_a_changed_table_is_tried_on_the_values_it_was_asked_on(trial: object) -> None:
    with clock.at(BEGIN):
        publish_table(*RULES)
        publish(ROUTED)
        people = [id for total in (50, 150, 5_000) for id in trials(1, total=total)]
        start("trial_map", people)
    assert [standing(one)[0][0] for one in people] == ["small", "plain", "large"]
    change(people[0], total=5_000)
    changed = table(("< 200", "-", "small"), *RULES[1:])
    with clock.at(LATER):
        assert tried("trial_map").sums.differing == 0
        found = tried("trial_map", tables=[changed])
    told = {row.subject: ([node for _, node in row.missing], [node for _, node in row.extra][:1]) for row in found.rows}
    assert told == {people[0]: ([], []), people[1]: (["plain"], ["small"]), people[2]: ([], [])}
    publish_table(("< 200", "-", "small"), *RULES[1:])
    (again,) = trials(1, total=150)
    start("trial_map", [again])
    assert standing(again)[0][0] == "small"  # as was said


def test_one_that_was_taken_off_goes_as_far_again_and_one_that_was_moved_over_is_named(looked_at: list[int]) -> None:
    with clock.at(BEGIN + timedelta(hours=4)):
        run("workflow.stop", SYSTEM, [StopMap("trial", looked_at[3], "not wanted")])
        more = trials(1)
        start("trial_map", more)
        publish(
            ONE_LOOK.replace('id="look"', 'id="see"')
            .replace(".look", ".see")
            .replace("look.", "see.")
            .replace('"look"', '"see"')
        )
        (row,) = fetch("select id from process_instance where subject_id = %(id)s", {"id": more[0]})
        assert run(
            "workflow.move_over",
            Actor(1, SYSTEM.company_id, frozenset({"administrator"})),
            [MoveOver(row.id, {"look": "see"})],
        ).ok
    with clock.at(LATER):
        found = tried("trial_map", version=1)
    told = {row.subject: row.why for row in found.rows}
    assert told == {**dict.fromkeys(looked_at, ""), more[0]: "moved-over"}
    assert (found.sums.unreplayed, found.sums.differing) == (1, 0)


def test_one_more_approver_takes_the_time_they_took_and_may_give_it_back(shop: Any, trial: object) -> None:
    with clock.at(BEGIN):
        publish(ONE_LOOK)
        people = trials(2)
        row = [StartMap("trial_map", one, approver=shop.planner.id, step="look") for one in people]
        assert run("workflow.start", shop.manager, row).ok
    for hours, subject, outcome in (
        (1, 0, "good"),
        (1, 1, "good"),
        (3, 0, "agree"),
        (4, 1, "give_back"),
        (6, 1, "bad"),
        (9, 1, "agree"),
    ):
        with clock.at(BEGIN + timedelta(hours=hours)):
            decide([people[subject]], "look", outcome)
    with clock.at(LATER):
        found = tried("trial_map")
        save(TWO_LOOKS)
        more = tried("trial_map")
    assert [(row.why, row.took_after) for row in found.rows] == [("", timedelta(hours=3)), ("", timedelta(hours=9))]
    assert [len(row.extra) for row in more.rows] == [1, 1]


def test_who_may_not_draw_may_not_try(looked_at: list[int]) -> None:
    save(TWO_LOOKS)
    for role, allowed in (("manager", True), ("administrator", True), ("warehouse", False)):
        asking: dict[str, Any] = {"map": "trial_map", "since": BEGIN.date(), "until": BEGIN.date()}
        actor = Actor(1, SYSTEM.company_id, frozenset({role}))
        if allowed:
            assert len(ask("workflow.try", actor, **asking).rows) == len(looked_at)
            continue
        with pytest.raises(NotAllowed):
            ask("workflow.try", actor, **asking)


def test_a_trial_writes_nothing(looked_at: list[int]) -> None:
    save(TWO_LOOKS)
    tables = ("process_instance", "token", "work_item", "arrival", "event", "timer", "decision_made")
    count = " union all ".join(f"select count(*) as many from {name}" for name in tables)  # noqa: S608 - names of this file
    before = fetch(count, {})
    with clock.at(LATER):
        tried("trial_map")
    assert fetch(count, {}) == before
    assert len(looked_at) == 4
