"""Maps that would go round for ever are refused before anybody runs them; those that rest on the way are not."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from workflow_trial import SYSTEM, drawing, flow, flows, log, publish, standing, step, trials, wait, work

from orderway.cli.main import main
from orderway.kernel import clock
from orderway.kernel.context import Context
from orderway.kernel.running import ask, run
from orderway.workflow.commands.proceed import StartMap, arrive, drain
from orderway.workflow.commands.publish import PublishMap

pytestmark = pytest.mark.usefixtures("trial")


def call(id: str, map: str) -> str:
    return f'<callActivity id="{id}" name="Call {map}" calledElement="{map}"/>'


def both(*inside: str) -> str:
    return f'<parallelGateway id="f"/>{"".join(inside)}<parallelGateway id="j"/>'


def told(*xmls: str) -> dict[int, list[tuple[str, str, str]]]:
    """What publishing says of each drawing: code, element, and the name that people know it by."""
    outcome = run("workflow.publish", SYSTEM, [PublishMap(xml) for xml in xmls], partial=True)
    assert {one.code for one in outcome.refused} <= {"cannot-run"}
    return {
        one.subject or 0: [(problem["code"], problem["element"], problem["name"]) for problem in one.facts["problems"]]
        for one in outcome.refused
    }


def test_a_map_that_calls_itself_is_refused_by_the_name_of_the_call():
    own = drawing(step("x", "a") + call("c", "trial_map") + flows("s x c e"))
    assert told(own) == {0: [("calls-itself", "c", "Call trial_map")]}
    (linted,) = ask("workflow.lint", SYSTEM, xml=own).problems[:1]
    assert (linted.code, linted.element, linted.level) == ("calls-itself", "c", "error")
    assert "for ever: trial_map → trial_map. Put" in linted.why


def test_a_ring_over_three_maps_is_refused_whole_and_also_when_the_last_one_closes_it():
    def ring(key: str, called: str) -> str:
        return drawing(step("x", "a") + call("c", called) + flows("s x c e"), key)

    assert told(ring("one", "two"), ring("two", "three"), ring("three", "one")).keys() == {0, 1, 2}
    quiet = drawing(step("x", "a") + flows("s x e"), "three")
    publish(ring("one", "two"), ring("two", "three"), quiet)
    assert told(ring("three", "one")) == {0: [("calls-itself", "c", "Call one")]}
    found = ask("workflow.lint", SYSTEM, xml=ring("three", "one"))
    assert (found.runnable, found.problems[0].code) == (False, "calls-itself")


@pytest.mark.parametrize(
    "rest",
    [
        work("w", "on"),
        wait("w", "go"),
        '<intermediateCatchEvent id="w"><timerEventDefinition id="t"><timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent>',
    ],
)  # fmt: skip
def test_a_ring_with_a_rest_in_it_is_published(rest):
    publish(drawing(rest + call("c", "trial_map") + flows("s w c e")))


def test_a_map_that_calls_itself_behind_a_wait_goes_round_by_being_told():
    publish(drawing(wait("w", "go") + step("x", "a") + call("c", "trial_map") + flows("s w x c e")))
    (id,) = trials()
    run("workflow.start", SYSTEM, [StartMap("trial_map", id)])
    for _ in range(2):
        arrive(Context(SYSTEM, clock.now(), within_command=True), "trial", [id], "go")
        drain()
    assert log(id) == ["a", "a"]
    assert standing(id)[-1] == ("w", "waiting")


def test_one_way_past_the_rest_is_enough_to_go_round():
    around = (
        '<exclusiveGateway id="g" default="g.w"/><exclusiveGateway id="m"/>'
        + work("w", "on") + call("c", "trial_map") + flows("s g", "w m c e") + flow("g", "m", "total > 5") + flow("g", "w")
    )  # fmt: skip
    assert told(drawing(around)) == {0: [("calls-itself", "c", "Call trial_map")]}


def test_a_join_rests_until_every_branch_is_there():
    """Of two branches that are joined again one rests: so does what follows the join."""
    publish(drawing(both(work("w", "on"), step("x", "a")) + call("c", "trial_map") + flows("s f w j c e", "f x j")))
    beside = drawing(both(work("w", "on"), call("c", "trial_map")) + flows("s f w j e", "f c j"))
    assert told(beside) == {0: [("calls-itself", "c", "Call trial_map")]}


def test_a_way_round_over_a_map_that_rests_is_published_and_over_one_that_does_not_is_refused():
    circle = drawing(
        '<exclusiveGateway id="m"/>' + call("c", "inner") + '<exclusiveGateway id="g" default="g.e"/>'
        + flows("s m c g") + flow("g", "m", "total > 5") + flow("g", "e")
    )  # fmt: skip
    publish(circle, drawing(work("w", "on") + flows("s w e"), "inner"))
    quick = drawing(step("x", "a") + flows("s x e"), "inner")
    assert told(circle.replace("Trial map", "Again"), quick) == {0: [("spins", "c", "Call inner")]}


def test_a_sub_process_in_which_somebody_decides_is_a_rest():
    def circle(inside: str) -> str:
        part = f'<subProcess id="u" name="Part"><startEvent id="us"/>{inside}<endEvent id="ue"/></subProcess>'
        return drawing(
            '<exclusiveGateway id="m"/>' + part + '<exclusiveGateway id="g" default="g.e"/>'
            + flows("s m u g") + flow("g", "m", "total > 5") + flow("g", "e")
        )  # fmt: skip

    publish(circle(work("w", "on") + flows("us w ue")))
    spinning = told(circle(step("x", "a") + flows("us x ue")))[0]
    assert ("spins", "u", "Part") in spinning


def test_failing_that_leads_back_to_the_same_call_goes_round():
    border = '<boundaryEvent id="b" attachedToRef="c"><errorEventDefinition id="r"/></boundaryEvent>'
    again = drawing('<exclusiveGateway id="m"/>' + call("c", "inner") + border + flows("s m c e", "b m"))
    failing = drawing(step("x", "a") + work("w", "on") + flows("s x w e"), "inner")
    assert told(again, failing) == {0: [("spins", "c", "Call inner")]}
    publish(again, drawing(work("w", "on") + step("x", "a") + flows("s w x e"), "inner"))


def test_files_are_looked_at_together(tmp_path: Path):
    for key, called in (("one", "two"), ("two", "one")):
        xml = drawing(step("x", "a") + call("c", called) + flows("s x c e"), key).replace('"trial"', '"order"')
        (tmp_path / f"{key}.bpmn").write_text(xml.replace("trial.a", "orders.confirm"))
    done = CliRunner().invoke(main, ["workflow", "lint", "--json", *map(str, sorted(tmp_path.iterdir()))])
    found = [json.loads(one)["problems"][0]["code"] for one in done.stdout.splitlines()]
    assert found == ["calls-itself", "calls-itself"], done.output
    assert done.exit_code == 1
