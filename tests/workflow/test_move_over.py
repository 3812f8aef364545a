"""A map changes while orders run: they go over to its new version, and back (OW-11)."""

import pytest
from workflow_trial import SYSTEM, drawing, flow, flows, log, publish, standing, step, trials, wait, work

from orderway.kernel import clock
from orderway.kernel.context import Context
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.workflow.commands.instruct import AddApprover
from orderway.workflow.commands.move_over import MoveOver
from orderway.workflow.commands.proceed import StartMap, arrive, drain
from orderway.workflow.commands.work import CompleteWork

OLD = drawing(work("look", "good") + step("a", "a") + flows("s look a e"))
NEW = drawing(work("look", "good", role="quality") + step("b", "b") + step("a", "a") + flows("s look b a e"))
RENAMED = drawing(work("inspect", "good") + step("a", "a") + flows("s inspect a e"))
STATE = """select 'i' || i.id as place, i.version_id::text as node, '' as role from process_instance i where i.subject_type = 'trial'
union all select 't' || t.id, t.node || t.state || t.came_by, '' from token t join process_instance i on i.id = t.instance_id
where i.subject_type = 'trial'
union all select 'w' || w.id, w.node || w.state, w.role from work_item w where w.subject_type = 'trial' order by 1"""


def going(count: int = 1, xml: str = OLD) -> tuple[list[int], list[int]]:
    """Subjects on their way by a version, and their instances."""
    publish(xml)
    ids = trials(count)
    assert run("workflow.start", SYSTEM, [StartMap("trial_map", id) for id in ids]).ok
    rows = fetch(
        "select id from process_instance where subject_type = 'trial' and subject_id = any(%(ids)s) order by id",
        {"ids": ids},
    )
    return ids, [row.id for row in rows]


def whole() -> list[tuple[str, str, str]]:
    return [tuple(row) for row in fetch(STATE, {})]


def finish(id: int) -> None:
    (item,) = fetch(
        "select id from work_item where subject_id = %(id)s and subject_type = 'trial' and state = 'open'", {"id": id}
    )
    outcome = run("workflow.complete", SYSTEM, [CompleteWork(item.id, "good")])
    assert outcome.ok, outcome.refused


def test_who_has_moved_over_goes_the_new_way_and_is_worked_on_by_the_new_role(trial):
    (moved, stayed), (instance, _) = going(2)
    publish(NEW)
    assert run("workflow.move_over", SYSTEM, [MoveOver(instance)]).ok
    (item,) = fetch("select role from work_item where subject_id = %(id)s and subject_type = 'trial'", {"id": moved})
    assert item.role == "quality"
    finish(moved)
    finish(stayed)
    assert (log(moved), log(stayed)) == (["b", "a"], ["a"])


def test_a_thousand_move_and_are_moved_back_row_by_row(trial):
    ids, instances = going(1_000)
    before = whole()
    publish(NEW)
    moved = run("workflow.move_over", SYSTEM, [MoveOver(id) for id in instances])
    assert len(moved.done) == 1_000
    assert whole() != before
    assert run("kernel.undo", SYSTEM, [Ref(moved.values["undo"])]).ok
    assert whole() == before
    finish(ids[500])
    assert log(ids[500]) == ["a"], "it went on by the version it was moved back to"


@pytest.mark.long
def test_ten_thousand_move_in_chunks_and_are_moved_back_row_by_row(trial):
    _, instances = going(10_000)
    before = whole()
    publish(NEW)
    moved = run("workflow.move_over", SYSTEM, [MoveOver(id) for id in instances])
    assert (len(moved.done), len(moved.values["undo"])) == (10_000, 2)
    assert whole() != before
    assert run("kernel.undo", SYSTEM, [Ref(number) for number in moved.values["undo"]]).ok
    assert whole() == before


def test_one_that_went_on_since_keeps_the_whole_set_from_being_taken_back(trial):
    ids, instances = going(3)
    publish(NEW)
    moved = run("workflow.move_over", SYSTEM, [MoveOver(id) for id in instances])
    finish(ids[1])
    after = whole()
    outcome = run("kernel.undo", SYSTEM, [Ref(moved.values["undo"])])
    assert {refusal.code for refusal in outcome.refused} == {"changed-since"}
    assert whole() == after


def test_a_step_with_another_id_has_to_be_named(trial):
    (id,), (instance,) = going()
    publish(RENAMED)
    (refusal,) = run("workflow.move_over", SYSTEM, [MoveOver(instance)]).refused
    assert (refusal.code, refusal.facts["places"]) == ("no-place", "look (gone)")
    assert run("workflow.move_over", SYSTEM, [MoveOver(instance, {"look": "inspect"})]).ok
    assert standing(id) == [("inspect", "waiting")]
    finish(id)
    assert log(id) == ["a"]


def test_who_held_the_work_holds_it_no_more_when_it_goes_to_another_role(trial, shop):
    (id,), (instance,) = going()
    (item,) = [one for one in ask("workflow.work", shop.manager).rows if one.subject_id == id]
    assert run("workflow.claim", shop.manager, [Ref(item.id)]).ok
    publish(NEW)
    assert run("workflow.move_over", SYSTEM, [MoveOver(instance)]).ok
    assert run("workflow.complete", shop.quality, [CompleteWork(item.id, "good")]).ok
    assert log(id) == ["b", "a"]


TWO_STEPS = drawing(work("look", "good") + work("approve", "good", "back") + flows("s look approve e"))
CALLED_OTHERWISE = drawing(work("look", "good") + work("release", "good", "back") + flows("s look release e"))
WITHOUT = drawing(work("look", "good") + step("a", "a") + flows("s look a e"))


def test_who_is_still_to_agree_agrees_at_the_step_that_is_called_otherwise(trial, shop):
    (id,), (instance,) = going(xml=TWO_STEPS)
    assert run("workflow.add_approver", SYSTEM, [AddApprover(instance, shop.quality.id, "approve")]).ok
    publish(CALLED_OTHERWISE)
    (refusal,) = run("workflow.move_over", SYSTEM, [MoveOver(instance)]).refused
    assert (refusal.code, refusal.facts["places"]) == ("no-place", "approve (gone)")
    shown = {place.node: (place.stands, place.fits) for place in ask("workflow.behind", SYSTEM, key="trial_map")}
    assert shown == {"look": (True, True), "approve": (False, False)}
    moved = run("workflow.move_over", SYSTEM, [MoveOver(instance, {"approve": "release"})])
    assert run("kernel.undo", SYSTEM, [Ref(moved.values["undo"])]).ok
    assert run("workflow.move_over", SYSTEM, [MoveOver(instance, {"approve": "release"})]).ok
    finish(id)
    finish(id)
    assert standing(id) == [("release", "waiting")], "the role has decided, one is still to agree"
    (item,) = ask("workflow.work", shop.quality, which="mine").rows
    assert run("workflow.complete", shop.quality, [CompleteWork(item.id, "agree")]).ok
    assert standing(id) == []


def test_a_step_at_which_somebody_is_still_to_agree_cannot_go(trial, shop):
    _, (instance,) = going(xml=TWO_STEPS)
    assert run("workflow.add_approver", SYSTEM, [AddApprover(instance, shop.quality.id, "approve")]).ok
    before = whole()
    publish(WITHOUT)
    (refusal,) = run("workflow.move_over", SYSTEM, [MoveOver(instance, {"approve": "a"})]).refused
    assert refusal.facts["places"] == "approve (other-kind)"
    assert whole() == before


OTHER_KIND = drawing(wait("look", "goods") + flows("s look e"))
INSIDE = drawing(
    '<subProcess id="p" name="P"><startEvent id="ps"/>' + work("look", "good") + '<endEvent id="pe"/>' + flows("ps look pe") + "</subProcess>"
    + flows("s p e")
)  # fmt: skip
REMINDED = drawing(
    work("look", "good") + '<boundaryEvent id="late" attachedToRef="look" cancelActivity="false"><timerEventDefinition>'
    "<timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent>" + step("a", "a") + flows("s look e", "late a e")
)  # fmt: skip
BOTH = drawing(
    '<parallelGateway id="f"/>'
    + work("x", "good")
    + work("y", "good")
    + '<parallelGateway id="j"/>'
    + flows("s f x j e", "f y j")
)
THREE = BOTH.replace("</process>", work("z", "good") + flow("f", "z") + flow("z", "j") + "</process>")


NUDGE = '<boundaryEvent id="nudge" attachedToRef="look" cancelActivity="false" o:arrive="goods"><messageEventDefinition/></boundaryEvent>'
NUDGED = drawing(work("look", "good") + NUDGE + step("a", "a") + flows("s look e", "nudge a e"))
ANSWERED = drawing(work("look", "good") + NUDGE + work("answer", "good") + flows("s look e", "nudge answer e"))


def test_one_that_was_nudged_beside_its_step_since_is_not_taken_back(trial):
    """What does not interrupt leaves place and work as they were; where it led to is unknown to the version before."""
    (id,), (instance,) = going(1, NUDGED)
    publish(ANSWERED)
    moved = run("workflow.move_over", SYSTEM, [MoveOver(instance)])
    assert moved.ok
    arrive(Context(SYSTEM, clock.now(), within_command=True), "trial", [id], "goods")
    drain()
    assert ("answer", "waiting") in standing(id)
    outcome = run("kernel.undo", SYSTEM, [Ref(moved.values["undo"])])
    assert {refusal.code for refusal in outcome.refused} == {"changed-since"}


@pytest.mark.parametrize(
    ("new", "why"), [(OTHER_KIND, "other-kind"), (INSIDE, "other-scope"), (REMINDED, "listens-otherwise")]
)
def test_where_the_place_means_something_else_nobody_moves(trial, new, why):
    _, (instance,) = going()
    before = whole()
    publish(new)
    (refusal,) = run("workflow.move_over", SYSTEM, [MoveOver(instance)]).refused
    assert refusal.facts["places"] == f"look ({why})"
    assert whole() == before


def test_a_branch_that_waits_for_others_does_not_move_to_a_join_of_other_ways(trial):
    (id,), (instance,) = going(xml=BOTH)
    items = fetch(
        "select id from work_item where subject_id = %(id)s and subject_type = 'trial' order by node", {"id": id}
    )
    run("workflow.complete", SYSTEM, [CompleteWork(items[0].id, "good")])
    publish(THREE)
    (refusal,) = run("workflow.move_over", SYSTEM, [MoveOver(instance)]).refused
    assert refusal.facts["places"] == "j (other-ways)"


def test_those_of_the_newest_version_and_those_that_ended_are_told_apart(trial):
    ids, instances = going(2)
    finish(ids[0])
    outcome = run("workflow.move_over", SYSTEM, [MoveOver(id) for id in instances])
    assert {(refusal.subject, refusal.code) for refusal in outcome.refused} == {
        (instances[0], "not-running"), (instances[1], "newest-already"),
    }  # fmt: skip


def test_before_they_move_one_sees_who_stands_where_and_what_fits(trial):
    _, instances = going(3)
    publish(RENAMED)
    (place,) = ask("workflow.behind", SYSTEM, key="trial_map")
    assert (place.node, place.instances, place.fits, place.choices) == ("look", 3, False, [("inspect", "inspect")])
    assert sorted(place.ids) == instances
    run("workflow.move_over", SYSTEM, [MoveOver(id, {"look": "inspect"}) for id in instances])
    assert ask("workflow.behind", SYSTEM, key="trial_map") == []
