"""How subjects move through a map: steps, decisions, branches, waits, calls, and what happens when something refuses or breaks."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal as D
from typing import Any

import pytest
from django.db import connection
from notation import Writer, read_scope
from workflow_trial import SYSTEM, change, drawing, flow, flows, log, publish, standing, step, trials, wait, work

from orderway.kernel import clock
from orderway.kernel.context import Context
from orderway.kernel.outcome import Outcome
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.workflow.commands.proceed import StartMap, StopMap, arrive, drain
from orderway.workflow.commands.publish import PublishMap
from orderway.workflow.commands.work import CompleteWork

pytestmark = pytest.mark.usefixtures("trial")


def start(*ids: int, key: str = "trial_map") -> Outcome:
    return run("workflow.start", SYSTEM, [StartMap(key, id) for id in ids], partial=True)


def tell(name: str, *ids: int) -> None:
    arrive(Context(SYSTEM, clock.now(), within_command=True), "trial", ids, name)
    drain()


def states(id: int) -> list[str]:
    return [one.state for one in ask("workflow.position", SYSTEM, subject_type="trial", subject=id)]


def desk(id: int) -> list[tuple[str, str, Any]]:
    rows = fetch("select command, code, facts from desk_exception where subject_id = %(id)s order by id", {"id": id})
    return [(row.command, row.code, json.loads(row.facts)) for row in rows]


def test_steps_run_in_order_and_the_instance_ends():
    publish(drawing(step("x", "a") + step("y", "b") + flows("s x y e")))
    (id,) = trials()
    assert start(id).ok
    assert log(id) == ["a", "b"]
    assert (standing(id), states(id)) == ([], ["ended"])
    (position,) = ask("workflow.position", SYSTEM, subject_type="trial", subject=id)
    assert [taken for taken, _ in position.path] == ["s.x", "x.y", "y.e"]


def test_a_subject_is_on_the_same_map_once_at_a_time():
    publish(drawing(wait("w", "go") + flows("s w e")))
    (id,) = trials()
    start(id)
    assert [(r.code, r.subject) for r in start(id).refused] == [("already-running", id)]
    tell("go", id)
    assert start(id).ok


def test_the_first_true_condition_decides_and_else_the_default():
    publish(
        drawing(
            '<exclusiveGateway id="g" default="g.z"/>' + step("x", "a") + step("y", "b") + step("z", "c")
            + flows("s g", "x e", "y e", "z e") + flow("g", "x", "total > 10") + flow("g", "y", "total > 5") + flow("g", "z")
        )
    )  # fmt: skip
    (big,), (small,), (none,) = trials(total=D(11)), trials(total=D(6)), trials(total=None)
    start(big, small, none)
    assert [log(id) for id in (big, small, none)] == [["a"], ["b"], ["c"]]


def test_no_true_condition_and_no_default_is_told_and_tried_again():
    publish(drawing('<exclusiveGateway id="g"/>' + step("x", "a") + flows("s g", "x e") + flow("g", "x", "flag")))
    (id,) = trials()
    start(id)
    assert standing(id) == [("g", "stuck")]
    ((command, code, facts),) = desk(id)
    assert (command, code, facts["flag"]) == ("", "no-way", False)
    change(id, flag=True)
    assert run("workflow.retry", SYSTEM, [Ref(id) for id in facts["tokens"]]).ok
    assert (log(id), states(id)) == (["a"], ["ended"])


def test_a_fact_that_a_step_changes_counts_at_once():
    publish(
        drawing(
            '<exclusiveGateway id="g" default="g.r"/><exclusiveGateway id="h" default="h.e"/><exclusiveGateway id="m"/>'
            + step("r", "raise") + step("x", "a")
            + flows("s g", "r m", "m h", "x e") + flow("g", "m", "total > 5") + flow("g", "r")
            + flow("h", "x", "total > 5") + flow("h", "e")
        )
    )  # fmt: skip
    (id,) = trials(total=D(1))
    start(id)
    assert log(id) == ["a"]


def both(*branches: str) -> str:
    """A fork, the branches, a join."""
    return '<parallelGateway id="f"/><parallelGateway id="j"/>' + "".join(branches)


def test_branches_run_beside_each_other_and_join_when_all_are_there():
    publish(drawing(both(wait("w", "left"), wait("v", "right"), step("x", "a")) + flows("s f w j", "f v j x e")))
    (id,) = trials()
    start(id)
    assert standing(id) == [("v", "waiting"), ("w", "waiting")]
    tell("right", id)
    assert (standing(id), log(id)) == ([("j", "joining"), ("w", "waiting")], [])
    tell("left", id)
    assert (states(id), log(id)) == (["ended"], ["a"])


def test_what_arrives_before_its_time_is_kept_and_counts_once():
    publish(drawing(wait("w", "first") + wait("v", "second") + wait("u", "second") + flows("s w v u e")))
    (id,) = trials()
    tell("second", id)
    start(id)
    tell("second", id)
    assert standing(id) == [("w", "waiting")]
    tell("first", id)
    assert standing(id) == [("u", "waiting")]
    tell("second", id)
    assert states(id) == ["ended"]


def test_a_timer_goes_on_when_it_is_due():
    pause = '<intermediateCatchEvent id="t"><timerEventDefinition id="d"><timeDuration>PT2H</timeDuration></timerEventDefinition></intermediateCatchEvent>'
    publish(drawing(pause + step("x", "a") + flows("s t x e")))
    (id,) = trials()
    morning = datetime(2026, 3, 2, 8, tzinfo=UTC)
    with clock.at(morning):
        start(id)
    with clock.at(morning + timedelta(minutes=119)):
        assert drain() == 0
    assert standing(id) == [("t", "waiting")]
    with clock.at(morning + timedelta(hours=2)):
        assert drain() == 1
    assert (log(id), states(id)) == (["a"], ["ended"])


def test_a_called_map_runs_for_the_same_subject_and_comes_back():
    publish(
        drawing('<callActivity id="c" calledElement="inner"/>' + step("x", "b") + flows("s c x e")),
        drawing(step("y", "a") + wait("w", "go") + flows("s y w e"), "inner"),
    )
    (id,) = trials()
    start(id)
    assert (standing(id), log(id)) == ([("c", "waiting"), ("w", "waiting")], ["a"])
    tell("go", id)
    assert (states(id), log(id)) == (["ended", "ended"], ["a", "b"])


def test_a_running_instance_stays_on_its_version():
    publish(drawing(wait("w", "go") + step("x", "a") + flows("s w x e")))
    (old,) = trials()
    start(old)
    publish(drawing(wait("w", "go") + step("x", "b") + flows("s w x e")))
    (new,) = trials()
    start(new)
    tell("go", old, new)
    assert (log(old), log(new)) == (["a"], ["b"])


def test_a_refusal_goes_the_caught_way_with_its_reason_and_else_to_the_desk():
    publish(
        drawing(
            step("x", "a")
            + '<boundaryEvent id="b" attachedToRef="x"><errorEventDefinition id="r" errorRef="no_a"/></boundaryEvent>'
            + work("mend") + step("y", "b") + flows("s x y e", "b mend x")
        )
    )  # fmt: skip
    (good,), (caught,), (stuck,) = trials(), trials(refuses="a"), trials(refuses="b")
    start(good, caught, stuck)
    assert (states(good), log(good)) == (["ended"], ["a", "b"])
    assert standing(caught) == [("mend", "waiting")]
    (item,) = ask("workflow.work", SYSTEM, which="all", subject=caught).rows
    assert (item.why_code, item.why) == ("no-a", "told to")
    assert standing(stuck) == [("y", "stuck")]
    ((command, code, facts),) = desk(stuck)
    assert (command, code, facts["reason"], facts["node"]) == ("tests.b", "no-b", "told to", "y")


def test_a_step_that_breaks_stops_only_the_subject_that_breaks_it(shop):
    publish(drawing(work("w") + step("x", "a") + flows("s w x e")))
    good, (bad,) = trials(4), trials(breaks="a")
    start(*good, bad)
    items = ask("workflow.work", SYSTEM, which="all").rows
    assert run("workflow.complete", shop.manager, [CompleteWork(item.id) for item in items]).ok
    assert [log(id) for id in good] == [["a"]] * 4
    assert (standing(bad), log(bad)) == ([("x", "stuck")], [])
    assert ask("workflow.work", SYSTEM, which="all").rows == [], "the person's decision stands"
    change(bad, breaks="")
    run("workflow.retry", SYSTEM, [Ref(id) for id in desk(bad)[0][2]["tokens"]])
    assert states(bad) == ["ended"]


def test_arguments_come_from_constants_facts_and_forms(shop):
    say = (
        '<serviceTask id="x" name="x" o:command="tests.say"><extensionElements><o:argument name="words" {}/>'
        '<o:argument name="amount" {}/></extensionElements></serviceTask>'
    )
    form = '<o:field name="percent" type="number" label="Percent" required="true"/>'
    publish(
        drawing(
            say.format('value="hello"', 'fact="total"')
            + say.replace('"x"', '"y"').format('fact="sheet"', 'field="percent"')
            + work("w", inner=form) + flows("s x w y e")
        )
    )  # fmt: skip
    (id,) = trials(total=D("7.50"))
    start(id)
    (item,) = ask("workflow.work", SYSTEM, which="all").rows
    run("workflow.complete", shop.manager, [CompleteWork(item.id, values={"percent": "30"})])
    assert log(id) == ["hello 7.50", "v1 30"]


def test_stopping_takes_a_subject_off_its_maps():
    publish(drawing(both(wait("w", "go"), work("v")) + flows("s f w j e", "f v j")))
    (id,) = trials()
    start(id)
    assert run("workflow.stop", SYSTEM, [StopMap("trial", id, "cancelled")]).ok
    assert (standing(id), states(id)) == ([], ["stopped"])
    assert ask("workflow.work", SYSTEM, which="all", subject=id).rows == []
    tell("go", id)
    assert (standing(id), states(id)) == ([], ["stopped"])


def test_a_map_that_cannot_run_is_refused_with_its_problems(shop):
    xml = drawing('<serviceTask id="x" name="Do it"/>' + flows("s x e"))
    (refusal,) = run("workflow.publish", shop.administrator, [PublishMap(xml)]).refused
    assert refusal.code == "cannot-run"
    assert [(one["name"], one["code"]) for one in refusal.facts["problems"]] == [("Do it", "no-command")]
    assert run("workflow.publish", shop.manager, [PublishMap(xml)]).refused[0].code == "not-allowed"


def test_publishing_the_same_drawing_again_makes_no_new_version():
    xml = drawing(step("x", "a") + flows("s x e"))
    first = run("workflow.publish", SYSTEM, [PublishMap(xml)]).done
    assert run("workflow.publish", SYSTEM, [PublishMap(xml)]).done == first
    assert run("workflow.publish", SYSTEM, [PublishMap(xml.replace("tests.a", "tests.b"))]).done != first


def test_the_neighbour_sees_and_moves_nothing(shop):
    publish(drawing(work("w") + flows("s w e")))
    (id,) = trials()
    start(id)
    (item,) = ask("workflow.work", SYSTEM, which="all").rows
    assert ask("workflow.work", shop.stranger, which="all").rows == []
    assert ask("workflow.work_item", shop.stranger, id=item.id) is None
    assert ask("workflow.position", shop.stranger, subject_type="trial", subject=id) == []
    assert ask("workflow.live", shop.stranger, map="trial_map") is None
    assert run("workflow.complete", shop.stranger, [CompleteWork(item.id)]).refused[0].code == "unknown-work"
    assert run("workflow.start", shop.stranger, [StartMap("trial_map", id)]).refused[0].code == "unknown-map"


def test_the_live_map_counts_what_stands_where():
    publish(drawing(work("w") + step("x", "a") + flows("s w x e")))
    monday = datetime(2026, 3, 2, 8, tzinfo=UTC)
    with clock.at(monday):
        start(*trials(3))
    with clock.at(monday + timedelta(days=2)):
        start(*trials(2))
        live = ask("workflow.live", SYSTEM, map="trial_map")
    (place,) = live.places
    assert (place.node, place.standing, place.late, place.stuck, place.oldest) == ("w", 5, 3, 0, monday)
    assert 'id="w"' in live.xml


def test_what_no_condition_lets_out_of_a_step_is_shown_at_the_step():
    publish(
        drawing(
            step("x", "a") + step("y", "b") + flow("x", "y", "flag") + flow("x", "e", "total > 5") + flows("s x", "y e")
        )
    )
    (at_step,), (behind,) = trials(refuses="a"), trials()
    start(at_step, behind)
    (place,) = ask("workflow.live", SYSTEM, map="trial_map").places
    assert (place.node, place.standing, place.stuck, place.name) == ("x", 2, 2, "x")
    (position,) = ask("workflow.position", SYSTEM, subject_type="trial", subject=behind)
    assert [(node, state, code) for node, state, _, code in position.at] == [("x", "stuck", "no-way")]
    rows = ask("workflow.waiting_on", SYSTEM, map="trial_map", node="x").rows
    assert {(row.subject_id, row.node, row.name, row.code) for row in rows} == {
        (at_step, "x", "x", "no-a"), (behind, "x", "x", "no-way")
    }  # fmt: skip
    change(behind, flag=True)
    assert run("workflow.retry", SYSTEM, [Ref(row.id) for row in rows if row.subject_id == behind]).ok
    assert log(behind) == ["a", "b"]


COUNTED = drawing(
    both(wait("w", "go"), work("v", "on", "again"), step("x", "a"), step("y", "b"))
    + '<exclusiveGateway id="g" default="g.j"/><callActivity id="c" calledElement="inner"/>'
    + flows("s x f w y j", "f v g", "j c e")
    + flow("g", "v", 'outcome = "again"')
    + flow("g", "j")
)


def statements(run_it: Any) -> int:
    seen: list[str] = []

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        run_it()
    return sum(1 for sql in seen if "SAVEPOINT" not in sql)


@pytest.mark.parametrize("act", ["start", "complete", "arrive", "end"])
def test_a_hundred_move_with_the_statements_of_one(shop, act):
    publish(COUNTED, drawing(work("i") + flows("s i e"), "inner"))
    counts = []
    for n in (1, 1, 100):  # the first time compiles the maps
        ids = trials(n)
        if act == "start":
            counts.append(statements(lambda ids=ids: start(*ids)))
            continue
        start(*ids)
        items = [ask("workflow.work", SYSTEM, which="all", subject=id).rows[0].id for id in ids]
        decide = [CompleteWork(id, "on") for id in items]
        if act == "complete":
            counts.append(statements(lambda rows=decide: run("workflow.complete", shop.manager, rows)))
            continue
        run("workflow.complete", shop.manager, decide)
        count = statements(lambda ids=ids: tell("go", *ids))
        assert {tuple(standing(id)) for id in ids} == {(("c", "waiting"), ("i", "waiting"))}
        if act == "end":
            inner = [ask("workflow.work", SYSTEM, which="all", subject=id).rows[0].id for id in ids]
            count = statements(
                lambda ids=inner: run("workflow.complete", shop.manager, [CompleteWork(id) for id in ids])
            )
            assert {tuple(states(id)) for id in ids} == {("ended", "ended")}
        counts.append(count)
    assert counts[1] == counts[2], counts


STOPPED = """sub outer:
  sub inner:
    (s2) -> [t]
    t @ undo -> [u]
    [t] -> ((m: message go)) -> (e2)
  (s3) -> [inner] -> (e3)
outer @ message stop -> {w: left right} -> (e4)
(s) -> [outer] -> (e)""".splitlines()


def test_what_was_done_inside_an_activity_that_is_stopped_is_forgotten_with_it():
    """What is remembered for compensation stood in a scope that was gone, and the subject could not be moved any more."""
    publish(Writer("stopped").map("stopped", read_scope(STOPPED)))
    (id,) = trials()
    assert start(id, key="stopped").ok
    tell("stop", id)
    assert standing(id) == [("w", "waiting")]
    (item,) = ask("workflow.work", SYSTEM, which="all", subject_type="trial", subject=id).rows
    assert run("workflow.complete", SYSTEM, [CompleteWork(item.id, "left")]).ok
    assert standing(id) == []
