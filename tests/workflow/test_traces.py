"""Executable maps written by hand from the standard's text, each with the order of steps that its clause demands."""

import pytest
import workflow_trial
from django.db import transaction
from traced import TRACES, Act, Case, Ride, fits, read_cases, ride_all

CASES = [case for path in sorted(TRACES.glob("*.txt")) for case in read_cases(path)]


@pytest.fixture(scope="module")
def ridden():
    """All rides of all cases, taken together in sets on one database, which forgets them."""
    with transaction.atomic():
        workflow_trial.make_table()
        ride_all(CASES)
        transaction.set_rollback(True)
    return CASES


def name(case: Case) -> str:
    return f"{case.family}: {case.title}"


@pytest.mark.parametrize("case", CASES, ids=name)
def test_a_map_goes_the_way_its_clause_demands(ridden: list[Case], case: Case) -> None:
    assert case in ridden
    wrong = [told(ride, act) for ride in case.rides for act in ride.acts if not fits(act.expected, act.seen)]
    assert wrong == []


def told(ride: Ride, act: Act) -> str:
    return f"line {act.line}: {act.done} ({ride.facts}): expected {act.expected!r}, seen {act.seen!r}"


def test_there_are_enough_of_them_and_each_names_its_clause() -> None:
    assert len(CASES) >= 150
    assert [case.title for case in CASES if not case.clause[:1].isdigit()] == []
    assert all(case.rides and ride.acts for case in CASES for ride in case.rides)
