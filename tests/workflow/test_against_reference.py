"""Any block-structured map: the fast engine on sets and the slow one on one subject at a time go the same ways."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from notation import Scope, Writer, read_scope
from traced import BEGIN, Act, Case, Ride, _act, _look
from workflow_reference import Live, Subject
from workflow_trial import SYSTEM, trials

from orderway.kernel import clock
from orderway.kernel.running import run
from orderway.workflow.commands.publish import PublishMap

INNER = ["(s) -> [i] -> ((k: message inner)) -> (e)"]
LEAVES = st.sampled_from([("step",), ("work",), ("wait",), ("call",), ("pause",), ("hear",)])


def _wider(block: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.tuples(st.just("then"), block, block),
        st.tuples(st.just("both"), block, block),
        st.tuples(st.just("some"), block, block),
        st.tuples(st.just("if"), st.sampled_from(["flag", "total > 5", "total > 10"]), block, block),
        st.tuples(st.just("decide"), block, block),
        st.tuples(st.just("race"), block, block),
        st.tuples(st.just("again"), block),
        st.tuples(st.just("catch"), block),
        st.tuples(st.just("sub"), block),
        st.tuples(st.just("stop"), block),
        st.tuples(st.just("undo"), block),
        st.tuples(st.just("vote")),
        st.tuples(
            st.just("rounds"), st.sampled_from(["2", "2 in turn", "2 until numberOfCompletedInstances = 1"]), block
        ),
        st.tuples(st.just("open"), st.booleans(), block, block),
        st.tuples(st.just("guard"), st.sampled_from(["message", "timer", "signal"]), st.booleans(), block, block),
        st.tuples(st.just("fault"), st.sampled_from(["error", "escalation", "escalation~"]), block, block),
        st.tuples(st.just("aside"), st.sampled_from(["message", "timer", "error"]), st.booleans(), block, block),
    )


BLOCKS = st.recursive(LEAVES, _wider, max_leaves=7)


class Pencil:
    """Draws blocks as lines of the notation; each draw ends at the node it returns."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.count = 0

    def new(self, letter: str) -> str:
        self.count += 1
        return f"{letter}{self.count}"

    def join(self, source: str, target: str, arrow: str = "->") -> str:
        self.lines.append(f"{source} {arrow} {target}")
        return target

    def nested(self, head: str, block: Any, end: str = "") -> None:
        """The lines of a scope of its own."""
        outer, self.lines = self.lines, []
        start = f"({self.new('s')})"
        last = self.draw(block, start)
        self.join(last, end or f"({self.new('e')})")
        inner, self.lines = self.lines, outer
        self.lines += [f"{head}:", *(f"  {line}" for line in inner)]

    def event(self, kind: str) -> str:
        name = self.new("n")
        return f"timer PT{1000 + 7 * self.count}M" if kind == "timer" else f"{kind} {name}"

    def draw(self, block: Any, source: str, arrow: str = "->") -> str:
        match block:
            case ("step",):
                return self.join(source, f"[{self.new('t')}]", arrow)
            case ("work",):
                return self.join(source, f"{{{self.new('w')}: left right}}", arrow)
            case ("wait",):
                return self.join(source, f"(({self.new('v')}: message go{self.count}))", arrow)
            case ("hear",):
                return self.join(source, f"(({self.new('h')}: signal cry{self.count}))", arrow)
            case ("pause",):
                return self.join(source, f"(({self.new('p')}: {self.event('timer')}))", arrow)
            case ("call",):
                return self.join(source, f"[{self.new('c')}: call inner]", arrow)
            case ("vote",):
                return self.join(source, f"{{{self.new('w')}: left right | 3 until count_left >= 2}}", arrow)
            case ("then", first, second):
                return self.draw(second, self.draw(first, source, arrow))
        return self.gated(block, source, arrow)

    def gated(self, block: Any, source: str, arrow: str) -> str:
        match block:
            case ("both", first, second):
                fork, joined = f"<+ {self.new('g')}>", f"<+ {self.new('g')}>"
                self.join(source, fork, arrow)
                for branch in (first, second):
                    self.join(self.draw(("then", ("work",), branch), fork), joined)
                return joined
            case ("some", first, second):
                fork, joined = f"<o {self.new('g')}>", f"<o {self.new('g')}>"
                self.join(source, fork, arrow)
                for branch, asked in ((first, "flag"), (second, "total > 5")):
                    self.join(self.draw(("then", ("work",), branch), fork, f"-[{asked}]->"), joined)
                return self.join(fork, joined, "-/->")
            case ("open", always, first, second):  # conditions on the flows out of the step itself
                step, joined = self.draw(("work",), source, arrow), f"<o {self.new('g')}>"
                for branch, asked in ((first, "-[flag]->"), (second, "->" if always else "-[total > 5]->")):
                    self.join(self.draw(("then", ("work",), branch), step, asked), joined)
                return joined if always else self.join(step, joined, "-/->")
            case ("if", asked, first, second):
                return self.choice(source, arrow, asked, first, second)
            case ("decide", first, second):
                return self.choice(self.draw(("work",), source, arrow), "->", 'outcome = "left"', first, second)
            case ("race", first, second):
                gate, merge = f"<* {self.new('g')}>", f"<x {self.new('g')}>"
                self.join(source, gate, arrow)
                for branch, kind in ((first, "message"), (second, "timer")):
                    caught = self.join(gate, f"(({self.new('r')}: {self.event(kind)}))")
                    self.join(self.draw(branch, caught), merge)
                return merge
            case ("again", inner):
                begin, choice = f"<x {self.new('g')}>", f"<x {self.new('g')}>"
                self.join(source, begin, arrow)
                self.join(self.draw(("work",), self.draw(inner, begin)), choice)
                self.join(choice, begin, '-[outcome = "left"]->')
                return self.join(choice, f"[{self.new('t')}]", "-/->")
        return self.scoped(block, source, arrow)

    def choice(self, source: str, arrow: str, asked: str, first: Any, second: Any) -> str:
        fork, merge = f"<x {self.new('g')}>", f"<x {self.new('g')}>"
        self.join(source, fork, arrow)
        self.join(self.draw(first, fork, f"-[{asked}]->"), merge)
        self.join(self.draw(second, fork, "-/->"), merge)
        return merge

    def scoped(self, block: Any, source: str, arrow: str) -> str:
        id, merge = self.new("q"), f"<x {self.new('g')}>"
        match block:
            case ("catch", inner):
                step = self.join(source, f"[{self.new('t')}]", arrow)
                self.join(self.draw(inner, f"{step[1:-1]} @ error"), merge)
                return self.join(step, merge)
            case ("sub", inner):
                self.nested(f"sub {id}", inner)
            case ("stop", inner):  # one branch ends all
                self.nested(f"sub {id}", ("both", ("then", ("decide", ("step",), ("terminate",)), inner), ("work",)))
            case ("undo", inner):
                self.nested(f"sub {id}", ("then", ("compensated",), ("then", inner, ("compensate",))))
            case ("rounds", loop, inner):
                self.nested(f"sub {id} | {loop}", ("then", ("work",), inner))
            case ("guard", kind, gentle, inner, after):
                self.nested(f"sub {id}", inner)
                border = f"{id} @{'~' if gentle else ''} {self.event(kind)}"
                self.join(self.draw(after, border), f"({self.new('e')})")
            case ("fault", kind, inner, after):
                code = self.new("F")
                thrown = kind.rstrip("~")
                self.nested(f"sub {id}", ("then", ("decide", ("throw", thrown, code), ("step",)), inner))
                border = f"{id} @{'~' if kind.endswith('~') else ''} {thrown} {code}"
                self.join(self.draw(after, border), f"({self.new('e')})")
            case ("aside", kind, gentle, inner, after):
                self.aside(id, kind, gentle, inner, after)
            case _:
                return self.thrown(block, source, arrow)
        return self.join(source, f"[{id}]", arrow)

    def aside(self, id: str, kind: str, gentle: bool, inner: Any, after: Any) -> None:
        """A sub-process with an event sub-process in it."""
        event = f"error {self.new('F')}" if kind == "error" else self.event(kind)
        throw = ("decide", ("throw", *event.split()), ("step",)) if kind == "error" else ("work",)
        outer, self.lines = self.lines, []
        last = self.draw(("then", throw, inner), f"({self.new('s')})")
        self.join(last, f"({self.new('e')})")
        self.nested(f"on{'~' if gentle and kind != 'error' else ''} {event} as {self.new('o')}", after)
        inside, self.lines = self.lines, outer
        self.lines += [f"sub {id}:", *(f"  {line}" for line in inside)]

    def thrown(self, block: Any, source: str, arrow: str) -> str:
        """Parts that only make sense in the blocks above; what throws leads to a step so that the way goes on."""
        match block:
            case ("terminate",):
                id = self.new("g")
                self.join(source, f"<+ {id}>", arrow)
                self.join(f"<+ {id}>", f"({self.new('e')}: terminate)")
                return self.join(f"<+ {id}>", f"{{{self.new('w')}: left right}}")
            case ("throw", "error", code):
                id = self.new("g")
                self.join(source, f"<+ {id}>", arrow)
                self.join(f"<+ {id}>", f"({self.new('e')}: error {code})")
                return self.join(f"<+ {id}>", f"{{{self.new('w')}: left right}}")
            case ("throw", kind, code):
                return self.join(source, f"(({self.new('x')}: throw {kind} {code}))", arrow)
            case ("compensated",):
                step = self.join(source, f"[{self.new('t')}]", arrow)
                self.join(f"{step[1:-1]} @ undo", f"{{{self.new('w')}: left right}}")
                return step
            case ("compensate",):
                return self.join(source, f"(({self.new('x')}: throw undo))", arrow)
        raise ValueError(block)


def drawn(block: Any) -> list[str]:
    pencil = Pencil()
    pencil.join(pencil.draw(block, "(s)"), "(e)")
    return pencil.lines


ROWS = st.fixed_dictionaries(
    {
        "total": st.sampled_from([None, 0, 6, 11]),
        "flag": st.booleans(),
        "refuses": st.sampled_from(["", "t1", "t2", "t3", "t2 t4 t6", "t3 t5 t7"]),
    }
)
CALM = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much]


@pytest.mark.usefixtures("trial")
@settings(deadline=None, max_examples=40, suppress_health_check=CALM)
@given(block=BLOCKS, rows=st.lists(ROWS, min_size=1, max_size=4), data=st.data())
def test_sets_go_the_ways_of_one(block: Any, rows: list[dict[str, Any]], data: st.DataObject) -> None:
    walk(block, rows, data)


@pytest.mark.long
@pytest.mark.timeout(2_400)
@pytest.mark.usefixtures("trial")
@settings(deadline=None, max_examples=1_500, suppress_health_check=CALM)
@given(block=BLOCKS, rows=st.lists(ROWS, min_size=1, max_size=6), data=st.data())
def test_many_sets_go_the_ways_of_one(block: Any, rows: list[dict[str, Any]], data: st.DataObject) -> None:
    walk(block, rows, data)


def walk(block: Any, rows: list[dict[str, Any]], data: st.DataObject) -> None:
    """Start subjects on a map drawn from `block`, let things happen at random, and compare after every act."""
    lines = drawn(block)
    note("\n".join(lines))
    maps: dict[str, Scope] = {"": read_scope(lines), "inner": read_scope(INNER)}
    xmls = [Writer("random").map(f"random_{name}" if name else "random", scope) for name, scope in maps.items()]
    outcome = run("workflow.publish", SYSTEM, [PublishMap(xml) for xml in xmls])
    assert outcome.ok, outcome.refused
    case = Case("random", "", "", "random", {}, [])
    pairs = [(Ride({}, subject=trials(**row)[0]), Subject(row, maps, BEGIN)) for row in rows]
    logs: dict[int, int] = {}
    happen(case, [(ride, subject, "start") for ride, subject in pairs], logs)
    for _ in range(7):
        acts = [(ride, subject, data.draw(st.sampled_from(possible(subject)))) for ride, subject in pairs]
        note(str([act for *_, act in acts]))
        happen(case, acts, logs)


def happen(case: Case, acts: list[tuple[Ride, Subject, str]], logs: dict[int, int]) -> None:
    """Let it happen on both sides; what is seen must be the same."""
    now = []
    for ride, subject, done in acts:
        before = len(subject.log)
        act(subject, done)
        ride.at = subject.now
        where = subject.standing()
        after = ["|", *where] if where else [] if subject.root else ["end"]
        steps = sorted(subject.log[before:])
        now.append((case, ride, Act("look" if done.startswith("until ") else done, " ".join([*steps, *after]), 0)))
    for moment in sorted({ride.at for _, ride, _ in now}):
        with clock.at(moment):
            _act([one for one in now if one[1].at == moment])
    _look(now, logs)
    for _, _, one in now:
        steps, _, where = one.seen.removesuffix("end").partition("|")
        end = " end" if one.seen.endswith("end") else ""
        assert Counter(steps.split()) == Counter(one.expected.partition("|")[0].removesuffix("end").split()), one
        assert where.split() == one.expected.partition("|")[2].split(), one
        assert bool(end) == one.expected.endswith("end"), one


def possible(subject: Subject) -> list[str]:
    """What may happen to a subject now without a race that the standard leaves open."""
    acts = ["look"]
    lives = [one for one in subject.all() if not one.rounds]
    for node in sorted({one.node.id for one in lives if one.node.kind == "userTask"}):
        here: list[Live] = [one for one in lives if one.node.id == node]
        if len({(id(one.body), id(one.frame)) for one in here}) == 1 and (len(here) == 1 or here[0].body):
            acts += [f"do {node} left", f"do {node} right"]
    heard = Counter(event.says for event, _ in subject.listeners())
    for says, many in heard.items():
        if many == 1 and says.startswith("message "):
            acts.append(f"tell {says.split()[1]}")
    due = [moment for moment, *_ in subject.timers()]
    if due and due.count(due[0]) == 1:
        acts.append(f"until {(due[0] - BEGIN) / timedelta(minutes=1):.0f}")
    return acts


def act(subject: Subject, done: str) -> None:
    verb, *more = done.split()
    match verb:
        case "start":
            subject.start()
        case "do":
            subject.decide(*more)
        case "tell":
            subject.tell(more[0])
            subject.settle()
        case "until":
            subject.pass_time(BEGIN + timedelta(minutes=int(more[0])))
