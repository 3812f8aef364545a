"""Cases of tests/workflow/traces: maps in the notation, what is done with a subject on them, and what is then seen.

# Title
clause 13.4.2
map:
  (s) -> [a] -> (e)
map inner:                    a map that the first one calls
  ...
run total=11 refuses=b:       a subject with these facts, and an act a line
  start: a | w                the steps since the act before, then where it stands
  do w yes: {b c} d end       a person decides; steps in {} in any order; all has ended
  tell paid: | x!             a message; x! is stuck
  after PT1H: ...             time passes; also: set total=3, signal go, retry
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from notation import Scope, Writer, read_scope
from workflow_trial import SYSTEM, trials

from orderway.kernel import clock
from orderway.kernel.context import Context
from orderway.kernel.registry import Ref
from orderway.kernel.running import run
from orderway.kernel.sql import fetch
from orderway.people.rules import Term, counted
from orderway.workflow.commands.proceed import GiveSignal, StartMap, arrive
from orderway.workflow.commands.publish import PublishMap
from orderway.workflow.commands.work import CompleteWork
from orderway.workflow.times import duration

BEGIN = datetime(2026, 3, 2, 8, tzinfo=UTC)
TRACES = Path(__file__).parent / "traces"


@dataclass
class Act:
    """What is done and what must be seen after it."""

    done: str
    expected: str
    line: int
    seen: str = ""


@dataclass
class Ride:
    """One subject on the map of a case, with its own clock."""

    facts: dict[str, Any]
    acts: list[Act] = field(default_factory=list)
    subject: int = 0
    at: datetime = BEGIN


@dataclass
class Case:
    """One map (and those it calls) with its rides."""

    family: str
    title: str
    clause: str
    key: str
    maps: dict[str, list[str]]
    rides: list[Ride]

    def scopes(self) -> dict[str, Scope]:
        return {name: read_scope(lines) for name, lines in self.maps.items()}

    def xmls(self) -> list[str]:
        return [
            Writer(self.key).map(f"{self.key}_{name}" if name else self.key, scope)
            for name, scope in self.scopes().items()
        ]


def read_cases(path: Path) -> Iterator[Case]:
    """The cases of one file."""
    text = path.read_text()
    for number, part in enumerate(re.split(r"^# ", text, flags=re.MULTILINE)[1:], 1):
        first = text[: text.index(part)].count("\n")
        title, *lines = part.splitlines()
        case = Case(path.stem, title, "", f"{path.stem}_{number}", {}, [])
        block: list[str] = []
        for at, line in enumerate(lines, first + 2):
            if not line.strip():
                continue
            if line.startswith("clause "):
                case.clause = line.removeprefix("clause ")
            elif found := re.fullmatch(r"map ?(\w*):", line):
                block = case.maps.setdefault(found[1], [])
            elif found := re.fullmatch(r"run ?(.*):", line):
                case.rides.append(Ride(facts(found[1])))
                block = []
            elif case.rides:
                done, _, expected = line.strip().partition(":")
                case.rides[-1].acts.append(Act(done, expected.strip(), at))
            else:
                block.append(line[2:])
        yield case


def facts(text: str) -> dict[str, Any]:
    """`total=11 flag refuses=a,b` as columns of the trial table."""
    found: dict[str, Any] = {}
    for word in text.split():
        name, _, value = word.partition("=")
        found[name] = True if "=" not in word else None if value == "null" else value.replace(",", " ")
    return found


def ride_all(cases: list[Case]) -> None:
    """Publish every map and take every ride, in sets: the first acts of all rides together, then the second ones."""
    outcome = run("workflow.publish", SYSTEM, [PublishMap(xml) for case in cases for xml in case.xmls()])
    assert outcome.ok, outcome.refused
    riding = [(case, ride) for case in cases for ride in case.rides]
    for _, ride in riding:
        (ride.subject,) = trials(**ride.facts)
    logs: dict[int, int] = {}
    for at in range(max(len(ride.acts) for _, ride in riding)):
        now = [(case, ride, ride.acts[at]) for case, ride in riding if at < len(ride.acts)]
        for _, ride, act in now:
            if act.done.startswith("after "):
                ride.at = counted(ride.at, duration(act.done.split()[1]) or Term(), ZoneInfo("UTC"))
        for moment in sorted({ride.at for _, ride, _ in now}):
            with clock.at(moment):
                _act([one for one in now if one[1].at == moment])
        _look(now, logs)


def _act(now: list[tuple[Case, Ride, Act]]) -> None:
    """Do what these acts say, then let everything that follows from it happen."""
    words = [(case, ride, *act.done.split()) for case, ride, act in now]
    subjects = [ride.subject for _, ride, _ in now]
    started = [StartMap(case.key, ride.subject) for case, ride, verb, *_ in words if verb == "start"]
    if started:
        run("workflow.start", SYSTEM, started, partial=True)
    for _, ride, verb, *more in words:
        if verb == "set":
            with connection.cursor() as cursor:
                for name, value in facts(" ".join(more)).items():
                    cursor.execute(f"update trial set {name} = %s where id = %s", [value, ride.subject])  # noqa: S608
    for name in sorted({more[0] for _, _, verb, *more in words if verb == "tell"}):
        told = [ride.subject for _, ride, verb, *more in words if verb == "tell" and more[0] == name]
        arrive(Context(SYSTEM, clock.now(), within_command=True), "trial", told, name)
    signals = [GiveSignal(f"{case.key}.{more[0]}") for case, _, verb, *more in words if verb == "signal"]
    if signals:
        run("workflow.signal", SYSTEM, signals)
    _decide([(ride.subject, more) for _, ride, verb, *more in words if verb == "do"])
    again = [ride.subject for _, ride, verb, *_ in words if verb == "retry"]
    if again:
        stuck = fetch(f"{OF_SUBJECTS} and t.state = 'stuck'", {"ids": again})
        run("workflow.retry", SYSTEM, [Ref(row.id) for row in stuck])
    _settle(subjects)


OF_SUBJECTS = """select t.id, i.root_id, i.subject_id from token t join process_instance i on i.id = t.instance_id
    where i.subject_type = 'trial' and i.subject_id = any(%(ids)s::bigint[])"""


def _decide(wanted: list[tuple[int, list[str]]]) -> None:
    if not wanted:
        return
    rows = fetch(
        """select min(id) as id, subject_id, node from work_item where state = 'open' and subject_type = 'trial'
           and subject_id = any(%(ids)s::bigint[]) group by subject_id, node""",
        {"ids": [subject for subject, _ in wanted]},
    )
    items = {(row.subject_id, row.node): row.id for row in rows}
    run(
        "workflow.complete",
        SYSTEM,
        [CompleteWork(items.get((subject, node), 0), *outcome) for subject, (node, *outcome) in wanted],
        partial=True,
    )


def _settle(subjects: list[int]) -> None:
    """As the worker would, but for these subjects only: their clocks differ."""
    for _ in range(20):
        roots = {row.root_id for row in fetch(OF_SUBJECTS, {"ids": subjects})}
        if roots:
            run("workflow.advance", SYSTEM, [Ref(root) for root in sorted(roots)])
        more = fetch(
            """select a.id from arrival a where a.state = 'new' and a.subject_type = 'trial'
               and a.subject_id = any(%(ids)s::bigint[]) and exists (select from process_instance i
               where i.subject_type = a.subject_type and i.subject_id = a.subject_id and i.state = 'running')""",
            {"ids": subjects},
        )
        if not more:
            return
    raise AssertionError("messages without end")


def _look(now: list[tuple[Case, Ride, Act]], logs: dict[int, int]) -> None:
    subjects = [ride.subject for _, ride, _ in now]
    log = {
        row.id: row.log
        for row in fetch("select id, log from trial where id = any(%(ids)s::bigint[])", {"ids": subjects})
    }
    standing: dict[int, list[str]] = {}
    for row in fetch(
        """select i.subject_id, t.node, t.state from token t join process_instance i on i.id = t.instance_id
           where i.subject_type = 'trial' and i.subject_id = any(%(ids)s::bigint[]) and t.state <> 'listening'
             and not exists (select from token o where o.scope = t.id and o.state <> 'listening')
             and not exists (select from process_instance c where c.called_by = t.id and c.state = 'running')""",
        {"ids": subjects},
    ):
        standing.setdefault(row.subject_id, []).append(row.node + {"stuck": "!", "joining": "?"}.get(row.state, ""))
    running = {row.subject_id for row in fetch("select subject_id from process_instance where state = 'running'", {})}
    for _, ride, act in now:
        steps = log[ride.subject][logs.get(ride.subject, 0) :]
        logs[ride.subject] = len(log[ride.subject])
        where = sorted(standing.get(ride.subject, []))
        after = ["|", *where] if where else [] if ride.subject in running else ["end"]
        act.seen = " ".join([*steps, *after])


def fits(expected: str, seen: str) -> bool:
    """Whether what was seen is one of the orders that `{a b}` leaves open; waiting places are a set."""
    pattern, _, standing = (part.strip() for part in expected.partition("|"))
    steps, _, where = (part.strip() for part in seen.partition("|"))
    if sorted(standing.split()) != where.split():
        return False
    left = steps.split()
    for group in re.findall(r"\{[^}]*\}|\S+", pattern):
        wanted = group.strip("{}").split()
        if sorted(left[: len(wanted)]) != sorted(wanted):
            return False
        left = left[len(wanted) :]
    return not left
