"""SpiffWorkflow, another engine by other people, goes the same written ways on the maps that both can run.

It is used here only, as a judge. It has no virtual clock, no refusals of steps and no compensation, so those rides are left out; where
it goes another way, the reason stands in OTHERWISE.
"""

import re
from typing import Any

import pytest
from lxml import etree
from notation import Drawn, Writer
from test_reference_itself import typed
from traced import TRACES, Case, Ride, fits, read_cases

spiff = pytest.importorskip("SpiffWorkflow.bpmn")
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser  # noqa: E402
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine, TaskDataEnvironment  # noqa: E402
from SpiffWorkflow.bpmn.specs.event_definitions import MessageEventDefinition, SignalEventDefinition  # noqa: E402
from SpiffWorkflow.util.task import TaskState  # noqa: E402

CASES = [case for path in sorted(TRACES.glob("*.txt")) for case in read_cases(path)]
UNKNOWN = re.compile(
    r"\bundo\b|^on~? |timer|: rule tests|escalation|count_|numberOf|loopCounter|: call inner|: throw link", re.MULTILINE
)
OTHERWISE = {
    "A manual task is not run by an engine: it passes": "it waits for a person there",
    "A message that came before is kept": "it keeps no messages",
    "A message kept for a border stops the work as soon as it begins": "it keeps no messages",
    "Waiting twice for the same message": "one message wakes everybody who waits for its name",
    "An error in one round stops all": "it stops with an exception of its own",
    "Several flows out of an activity are a fork": "it takes no such maps",
    "After a join no outcome is left": "the data of all branches are mixed",
    "A join takes one token of each flow, the second one of a flow stays": "a second token of one flow is lost",
    "A signal that stops its own giver": "the giver goes on as well",
    "A signal end": "an end gives no signal",
    "An error that nobody catches ends the process": "it waits on, which the standard leaves open",
    "An error climbs until it is caught": "what follows the sub-process runs, too, against clause 10.5.3",
    "Conditions on the flows out of a step open each that is true; a flow without one is always taken": "it takes no such maps",
    "The default flow out of a step is taken where no condition is true": "it takes no such maps",
    "An inclusive join waits for what the conditions of a step have opened, and for no more": "it takes no such maps",
    "A condition out of a step may lead back into it": "it takes no such maps",
    "Conditions on the flows out of a sub-process are asked when it is done": "it takes no such maps",
    "A message at the border goes beside the work": "only once, against clause 10.5.4",
    "A signal at the border beside the work": "only once, against clause 10.5.4",
}


class Plain(Writer):
    """The same map in plain BPMN with Python in it."""

    def element(self, one: Drawn, default: str) -> str:
        return super().element(Drawn(one.id, "manualTask" if one.kind == "userTask" else one.kind, one.says, one.loop, one.host,
                                     one.gentle, one.inside), default)  # fmt: skip

    def task(self, one: Drawn) -> tuple[str, str]:
        if one.kind in ("serviceTask", "businessRuleTask"):
            return "", f"<script>note('{one.id}')</script>"
        if one.kind == "scriptTask":
            return "", f"<script>{python(one.says)}</script>"
        if one.kind == "manualTask":
            return "", ""
        return super().task(one)


def python(text: str) -> str:
    return re.sub(r"(?<![<>!=])=(?!=)", "==", text) if " = " not in text else text


def as_python(xml: str) -> bytes:
    root = etree.fromstring(xml.encode())
    space = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
    for tag in ("conditionExpression", "loopCondition"):
        for asked in root.iter(space + tag):
            asked.text = re.sub(r"(?<![<>!=])=", "==", asked.text or "")
    for step in [*root.iter(f"{space}serviceTask"), *root.iter(f"{space}businessRuleTask")]:
        step.tag = f"{space}scriptTask"
    return etree.tostring(root)


def both_can(case: Case, ride: Ride) -> bool:
    text = "\n".join(line.strip() for lines in case.maps.values() for line in lines)
    verbs = {act.done.split()[0] for act in ride.acts}
    if case.title in OTHERWISE or None in ride.facts.values():
        return False
    return (
        not UNKNOWN.search(text)
        and not verbs & {"after", "set", "retry"}
        and not ride.facts.keys() & {"refuses", "breaks"}
    )


RIDES = [(case, ride) for case in CASES for ride in case.rides if both_can(case, ride)]


class Other:
    """One subject on SpiffWorkflow."""

    def __init__(self, case: Case, ride: Ride) -> None:
        self.seen: list[str] = []
        parser = BpmnParser()
        parser.add_bpmn_xml(
            etree.fromstring(as_python(Plain(case.key).map(case.key, case.scopes()[""]))), filename="map.bpmn"
        )
        engine = PythonScriptEngine(environment=TaskDataEnvironment({"note": self.seen.append}))
        self.flow: Any = spiff.BpmnWorkflow(
            parser.get_spec(case.key), parser.get_subprocess_specs(case.key), script_engine=engine
        )
        given = {
            "total": 0,
            "flag": False,
            "outcome": "",
            **{name: typed(name, value) for name, value in ride.facts.items()},
        }
        self.flow.set_data(**given)
        for task in self.flow.get_tasks(state=TaskState.READY):
            task.data.update(given)
        self.key = case.key

    def rest(self) -> None:
        for _ in range(20):
            self.flow.do_engine_steps()
            self.flow.refresh_waiting_tasks()

    def do(self, verb: str, *more: str) -> None:
        if verb == "do":
            task = next(
                one
                for one in self.flow.get_tasks(state=TaskState.READY, manual=True)
                if one.task_spec.bpmn_id == more[0]
            )
            task.data["outcome"] = (*more, "done")[1]
            task.run()
        elif verb == "tell":
            self.flow.catch(spiff.BpmnEvent(MessageEventDefinition(more[0]), {}))
        elif verb == "signal":
            self.flow.catch(spiff.BpmnEvent(SignalEventDefinition(f"{self.key}.{more[0]}"), {}))
        self.rest()


@pytest.mark.parametrize(
    ("case", "ride"), RIDES, ids=lambda one: f"{one.family}: {one.title}" if isinstance(one, Case) else ""
)
def test_another_engine_goes_the_written_way(case: Case, ride: Ride) -> None:
    other = Other(case, ride)
    wrong = []
    for act in ride.acts:
        other.seen.clear()
        other.do(*act.done.split())
        steps = act.expected.partition("|")[0].removesuffix("end").strip()
        ended = act.expected.endswith("end")
        seen = " ".join(other.seen)
        if not fits(steps, seen) or other.flow.is_completed() != ended:
            wrong.append(f"line {act.line}: {act.done}: {act.expected!r}, seen {seen!r} {other.flow.is_completed()}")
    assert wrong == []


@pytest.mark.parametrize("title", OTHERWISE)
def test_each_difference_is_still_one(title: str) -> None:
    (case,) = (case for case in CASES if case.title == title)
    with pytest.raises(Exception):  # noqa: B017, PT011 - it fails in its own ways
        test_another_engine_goes_the_written_way(case, case.rides[0])


def test_both_can_run_many_of_them() -> None:
    assert len(RIDES) >= 60
    assert OTHERWISE.keys() <= {case.title for case in CASES}
