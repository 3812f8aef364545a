"""The slow interpreter that judges the fast engine is judged by hand: it goes the same 180 written ways."""

from datetime import timedelta
from typing import Any

import pytest
from traced import BEGIN, TRACES, Act, Case, Ride, facts, fits, read_cases
from workflow_reference import Subject, length

CASES = [case for path in sorted(TRACES.glob("*.txt")) for case in read_cases(path)]


def typed(name: str, value: Any) -> Any:
    if name in ("refuses", "breaks", "ready_on") or value is None or value is True:
        return value
    return value == "true" if name == "flag" else int(value)


def ride(case: Case, one: Ride) -> None:
    given = {name: typed(name, value) for name, value in one.facts.items()}
    subject = Subject(given, case.scopes(), BEGIN)
    for act in one.acts:
        before = len(subject.log)
        do(subject, act)
        where = subject.standing()
        after = ["|", *where] if where else [] if subject.root else ["end"]
        act.seen = " ".join([*subject.log[before:], *after])


def do(subject: Subject, act: Act) -> None:
    verb, *more = act.done.split()
    match verb:
        case "start":
            subject.start()
        case "do":
            subject.decide(*more)
        case "tell":
            subject.tell(more[0])
            subject.settle()
        case "signal":
            subject.signal(more[0])
        case "after":
            subject.pass_time(subject.now + (length(more[0]) or timedelta()))
        case "retry":
            subject.retry()
        case "set":
            subject.facts |= {name: typed(name, value) for name, value in facts(" ".join(more)).items()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.family}: {case.title}")
def test_the_reference_goes_the_written_way(case: Case) -> None:
    for one in case.rides:
        ride(case, one)
        wrong = [
            f"line {act.line}: {act.done}: {act.expected!r}, seen {act.seen!r}"
            for act in one.acts
            if not fits(act.expected, act.seen)
        ]
        assert wrong == []
