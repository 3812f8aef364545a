"""Any block-structured map: the fast engine on sets and the slow one on one subject at a time go the same ways."""

from collections import Counter
from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from workflow_reference import Drawing, Subject
from workflow_trial import SYSTEM, drawing, flow, log, publish, standing, step, trials, wait, work

from orderway.kernel import clock
from orderway.kernel.context import Context
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.workflow.commands.proceed import StartMap, arrive, drain
from orderway.workflow.commands.work import CompleteWork

INNER = drawing(step("i", "c") + wait("k", "inner") + flow("s", "i") + flow("i", "k") + flow("k", "e"), "inner_map")
LEAVES = st.sampled_from([("step", "a"), ("step", "b"), ("work",), ("wait",), ("call",)])


def _wider(block: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.tuples(st.just("then"), block, block),
        st.tuples(st.just("both"), block, block),
        st.tuples(st.just("if"), st.sampled_from(["flag", "total > 5", "total > 10"]), block, block),
        st.tuples(st.just("decide"), block, block),
        st.tuples(st.just("again"), block),
        st.tuples(st.just("catch"), st.sampled_from("ab"), block),
    )


BLOCKS = st.recursive(LEAVES, _wider, max_leaves=8)


class Pencil:
    """Draws a block between two nodes; the body is what was drawn."""

    def __init__(self) -> None:
        self.body: list[str] = []
        self.count = 0

    def new(self, letter: str) -> str:
        self.count += 1
        return f"{letter}{self.count}"

    def gateway(self, kind: str, more: str = "") -> str:
        id = self.new("g")
        self.body.append(f'<{kind}Gateway id="{id}"{more.replace("ID", id)}/>')
        return id

    def join(self, source: str, target: str, condition: str = "") -> None:
        self.body.append(flow(source, target, condition))

    def draw(self, block: Any, source: str, condition: str = "") -> str:
        """Draw `block` after `source`, whose flow into it bears the condition; returns the node it ends at."""
        match block:
            case ("step", name):
                return self._one(step(id := self.new("t"), name), id, source, condition)
            case ("work",):
                return self._one(work(id := self.new("w"), "left", "right"), id, source, condition)
            case ("wait",):
                return self._one(wait(id := self.new("v"), f"go_{id}"), id, source, condition)
            case ("call",):
                id = self.new("c")
                return self._one(f'<callActivity id="{id}" calledElement="inner_map"/>', id, source, condition)
            case ("then", first, second):
                return self.draw(second, self.draw(first, source, condition))
            case ("both", first, second):
                fork, joined = self.gateway("parallel"), self.gateway("parallel")
                self.join(source, fork, condition)
                for branch in (first, second):
                    self.join(self.draw(branch, fork), joined)
                return joined
            case ("if", asked, first, second):
                return self._choice(source, condition, asked, first, second)
            case ("decide", first, second):
                return self._choice(self.draw(("work",), source, condition), "", 'outcome = "left"', first, second)
            case ("again", inner):
                begin = self.gateway("exclusive")
                self.join(source, begin, condition)
                asked = self.draw(("work",), self.draw(inner, begin))
                id = self.new("x")
                choice = self.gateway("exclusive", f' default="ID.{id}"')
                self.join(asked, choice)
                self.join(choice, begin, 'outcome = "left"')
                return self._one(step(id, "c"), id, choice, "")
            case ("catch", name, inner):
                id, border, after = self.new("t"), self.new("b"), self.gateway("exclusive")
                self.body.append(step(id, name))
                self.body.append(
                    f'<boundaryEvent id="{border}" attachedToRef="{id}">'
                    f'<errorEventDefinition id="{border}.d" errorRef="no_{name}"/></boundaryEvent>'
                )
                self.join(source, id, condition)
                self.join(id, after)
                self.join(self.draw(inner, border), after)
                return after
        raise ValueError(block)

    def _one(self, element: str, id: str, source: str, condition: str) -> str:
        self.body.append(element)
        self.join(source, id, condition)
        return id

    def _choice(self, source: str, condition: str, asked: str, first: Any, second: Any) -> str:
        merge = self.gateway("exclusive")
        choice = self.gateway("exclusive", f' default="ID.{merge}p"')
        self.join(source, choice, condition)
        self.join(self.draw(first, choice, asked), merge)
        plain = f"{merge}p"
        self.body.append(f'<intermediateThrowEvent id="{plain}"/>')
        self.join(choice, plain)
        self.join(self.draw(second, plain), merge)
        return merge


def drawn(block: Any) -> str:
    pencil = Pencil()
    pencil.join(pencil.draw(block, "s"), "e")
    return drawing("".join(pencil.body), "random_map")


def paths(id: int) -> Counter[str]:
    rows = fetch("select path from process_instance where subject_type = 'trial' and subject_id = %(id)s", {"id": id})
    return Counter(taken for row in rows for taken in row.path)


def same(subjects: dict[int, Subject]) -> None:
    for id, subject in subjects.items():
        assert standing(id) == subject.standing()
        assert Counter(log(id)) == subject.log
        assert paths(id) == subject.path


ROWS = st.fixed_dictionaries(
    {
        "total": st.sampled_from([None, D(0), D(6), D(11)]),
        "flag": st.booleans(),
        "refuses": st.sampled_from(["", "a", "b"]),
    }
)


CALM = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much]


@pytest.mark.usefixtures("trial")
@settings(deadline=None, max_examples=30, suppress_health_check=CALM)
@given(block=BLOCKS, rows=st.lists(ROWS, min_size=1, max_size=4), data=st.data())
def test_sets_go_the_ways_of_one(block: Any, rows: list[dict[str, Any]], data: st.DataObject) -> None:
    walk(block, rows, data)


@pytest.mark.long
@pytest.mark.timeout(1_200)
@pytest.mark.usefixtures("trial")
@settings(deadline=None, max_examples=1_000, suppress_health_check=CALM)
@given(block=BLOCKS, rows=st.lists(ROWS, min_size=1, max_size=6), data=st.data())
def test_many_sets_go_the_ways_of_one(block: Any, rows: list[dict[str, Any]], data: st.DataObject) -> None:
    walk(block, rows, data)


def walk(block: Any, rows: list[dict[str, Any]], data: st.DataObject) -> None:
    """Start subjects on a map drawn from `block`, decide and tell at random, and compare after every act."""
    xml = drawn(block)
    note(xml)
    publish(INNER, xml)
    maps = {one.key: one for one in (Drawing(INNER), Drawing(xml))}
    subjects = {trials(**row)[0]: Subject(row, maps) for row in rows}
    run("workflow.start", SYSTEM, [StartMap("random_map", id) for id in subjects])
    for subject in subjects.values():
        subject.start("random_map")
        subject.settle()
    same(subjects)
    for _ in range(6):
        _decide(subjects, data)
        _tell(subjects, data)
        same(subjects)


def _decide(subjects: dict[int, Subject], data: st.DataObject) -> None:
    """Some persons finish some work items, all in one command."""
    items = [item for item in ask("workflow.work", SYSTEM, which="all", size=200).rows if item.subject_id in subjects]
    chosen = {item.id: item for item in items if data.draw(st.booleans())}
    outcomes = {id: data.draw(st.sampled_from(["left", "right", "right"])) for id in chosen}
    run("workflow.complete", SYSTEM, [CompleteWork(id, outcome) for id, outcome in outcomes.items()])
    for id, outcome in outcomes.items():
        subjects[chosen[id].subject_id].decide(chosen[id].node, outcome)


def _tell(subjects: dict[int, Subject], data: st.DataObject) -> None:
    """Some of what is waited for arrives, for some subjects also what nobody waits for yet."""
    events = sorted(
        {f"go_{node}" for one in subjects.values() for node, _ in one.standing() if node[0] == "v"} | {"inner"}
    )
    ctx = Context(SYSTEM, clock.now(), within_command=True)
    for event in events:
        # of two called maps that wait for the same, either may take it: the standard does not say which
        plain = [id for id, one in subjects.items() if event != "inner" or one.standing().count(("k", "waiting")) < 2]
        who = [id for id in plain if data.draw(st.booleans())]
        arrive(ctx, "trial", who, event)
        drain()
        for id in who:
            subjects[id].tell(event)
