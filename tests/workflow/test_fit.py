"""Whether a log fits a map: ways of the map always do, planted deviations are found and named, and the cost is the least there is."""

from collections import Counter
from typing import Any

import pytest
from drawn_ways import BLOCKS, HEAD, Drawing, Way, distance, ways
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st

from orderway.workflow.bpmn import read_map
from orderway.workflow.mining.fit import Deviation, Fit, fit_log, fit_ways
from orderway.workflow.mining.logs import Log, LoggedCase, Seen
from orderway.workflow.mining.net import CannotReplay, Net, net_of

LONGEST = 7
CALM = settings(
    deadline=None, max_examples=120, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def net(xml: bytes) -> Net:
    return net_of(read_map(xml)[0])


def fit(xml: bytes, *steps: str) -> Fit:
    return fit_ways(net(xml), [steps])[steps]


def drawing(inner: str) -> bytes:
    return f"{HEAD}{inner}</process></definitions>".encode()


def told(found: Fit) -> set[tuple[str, str]]:
    return {(one.kind, one.step) for one in found.deviations}


@CALM
@given(block=BLOCKS, data=st.data())
def test_ways_of_the_map_fit_it(block: Any, data: st.DataObject) -> None:
    drawn = Drawing(block)
    all_ways = sorted(ways(drawn.block, LONGEST))
    assume(all_ways)
    chosen = data.draw(st.lists(st.sampled_from(all_ways), min_size=1, max_size=6))
    for way, found in fit_ways(net(drawn.xml), chosen).items():
        assert found == Fit(1.0, ()), way


@CALM
@given(block=BLOCKS, data=st.data())
def test_planted_deviations_are_all_found_and_named(block: Any, data: st.DataObject) -> None:
    drawn = Drawing(block)
    all_ways = ways(drawn.block, LONGEST)
    assume(any(all_ways))
    way = data.draw(st.sampled_from(sorted(one for one in all_ways if one)))
    kind = data.draw(st.sampled_from(["unknown", "missing", "repeated", "order"]))
    at = data.draw(st.integers(0, len(way) - 1))
    planted = plant(way, kind, at, data)
    note(f"{drawn.block} {way} {kind} at {at}: {planted}")
    assume(planted not in all_ways and len(planted) <= LONGEST)  # a loop or another way may allow it
    found = fit_ways(net(drawn.xml), [planted])[planted]
    assert found.judged
    known = ways(drawn.block, LONGEST + 2)
    assert cost(found) == min(distance(planted, one) for one in known) > 0
    assert mended(planted, found, known)
    steps = {name for one in known for name in one}
    for one in found.deviations:
        assert (one.kind == "unknown") == (one.step not in steps)
        assert not one.at or planted[one.at - 1] == one.step
    if kind == "unknown":
        assert told(found) == {("unknown", "Coffee")}


def mended(planted: Way, found: Fit, known: set[Way]) -> bool:
    """Whether taking out what is named as too much, and putting in what is named as missing, makes it a way of the map."""
    out = {one.at for one in found.deviations if one.at}
    rest = tuple(name for at, name in enumerate(planted, 1) if at not in out)
    put_in = Counter(one.step for one in found.deviations if one.kind in ("missing", "order"))
    return any(Counter(way) == Counter(rest) + put_in and distance(rest, way) == put_in.total() for way in known)


def test_an_inclusive_join_in_a_loop_does_not_wait_for_what_comes_round_again() -> None:
    drawn = Drawing(("again", ("both", ("step",), ("some", ("step",), ("step",)))))
    for way in (("Step 1", "Step 2"), ("Step 3", "Step 1"), ("Step 1", "Step 2", "Step 3", "Step 1")):
        assert fit(drawn.xml, *way) == Fit(1.0, ()), way


def plant(way: Way, kind: str, at: int, data: st.DataObject) -> Way:
    match kind:
        case "unknown":
            return (*way[:at], "Coffee", *way[at:])
        case "missing":
            return way[:at] + way[at + 1 :]
        case "repeated":
            return (*way[: at + 1], *way[at:])
    to = data.draw(st.integers(0, len(way) - 1))
    rest = list(way[:at] + way[at + 1 :])
    rest.insert(to, way[at])
    return tuple(rest)


def cost(found: Fit) -> int:
    """An order that is wrong is a step too many at one place and one missing at another."""
    return sum(2 if one.kind == "order" else 1 for one in found.deviations)


CHAIN = drawing(
    '<startEvent id="s"/><task id="a" name="Check"/><task id="b" name="Pack"/><task id="c" name="Ship"/><endEvent id="e"/>'
    '<sequenceFlow id="1" sourceRef="s" targetRef="a"/><sequenceFlow id="2" sourceRef="a" targetRef="b"/>'
    '<sequenceFlow id="3" sourceRef="b" targetRef="c"/><sequenceFlow id="4" sourceRef="c" targetRef="e"/>'
)


@pytest.mark.parametrize(
    ("steps", "deviations"),
    [
        (("Check", "Pack", "Ship"), []),
        (("check", " PACK ", "Ship"), []),
        (("Check", "Ship"), [("missing", "Pack", 0)]),
        (("Check", "Call", "Pack", "Ship"), [("unknown", "Call", 2)]),
        (("Check", "Pack", "Pack", "Ship"), [("repeated", "Pack", 3)]),
        (("Pack", "Check", "Ship"), [("order", "Check", 2)]),
        ((), [("missing", "Check", 0), ("missing", "Pack", 0), ("missing", "Ship", 0)]),
    ],
)
def test_each_kind_by_name(steps: tuple[str, ...], deviations: list[tuple[str, str, int]]) -> None:
    found = fit(CHAIN, *steps)
    assert sorted(found.deviations) == sorted(Deviation(*one) for one in deviations)


def test_fitness_is_one_less_the_cost_over_the_worst() -> None:
    assert fit(CHAIN, "Check", "Ship").fitness == pytest.approx(1 - 1 / 5)
    assert fit(CHAIN).fitness == 0
    assert fit(CHAIN, "Check", "Pack", "Ship").fitness == 1


def test_a_step_of_the_way_not_taken_is_elsewhere() -> None:
    xml = drawing(
        '<startEvent id="s"/><exclusiveGateway id="g"/><task id="a" name="Approve"/><task id="b" name="Refuse"/>'
        '<sequenceFlow id="1" sourceRef="s" targetRef="g"/><sequenceFlow id="2" sourceRef="g" targetRef="a"/>'
        '<sequenceFlow id="3" sourceRef="g" targetRef="b"/>'
    )
    assert len(fit(xml, "Approve").deviations) == len(fit(xml, "Refuse").deviations) == 0
    (one,) = fit(xml, "Approve", "Refuse").deviations
    assert one.kind == "elsewhere"


def test_a_border_may_stop_a_step_and_a_reminder_comes_beside_it() -> None:
    xml = drawing(
        '<startEvent id="s"/><task id="a" name="Wait"/><task id="b" name="Ship"/><task id="c" name="Give up"/><task id="d" name="Remind"/>'
        '<boundaryEvent id="x" attachedToRef="a"><timerEventDefinition id="x1"/></boundaryEvent>'
        '<boundaryEvent id="y" attachedToRef="a" cancelActivity="false"><timerEventDefinition id="y1"/></boundaryEvent>'
        '<sequenceFlow id="1" sourceRef="s" targetRef="a"/><sequenceFlow id="2" sourceRef="a" targetRef="b"/>'
        '<sequenceFlow id="3" sourceRef="x" targetRef="c"/><sequenceFlow id="4" sourceRef="y" targetRef="d"/>'
    )
    for steps in (
        ("Wait", "Ship"),
        ("Wait", "Give up"),
        ("Give up",),
        ("Remind", "Wait", "Ship"),
        ("Wait", "Remind", "Ship"),
    ):
        assert not fit(xml, *steps).deviations, steps
    assert told(fit(xml, "Wait", "Give up", "Ship")) & {("elsewhere", "Ship"), ("elsewhere", "Give up")}


def test_cases_with_the_same_steps_are_told_by_case_and_summed() -> None:
    seen = [("Check", "Pack", "Ship"), ("Check", "Ship"), ("Check", "Ship")]
    log = Log(tuple(LoggedCase(f"case {n}", tuple(Seen(name) for name in steps)) for n, steps in enumerate(seen)))
    found = fit_log(net(CHAIN), log)
    assert (found.fitting, found.judged, found.deviations) == (1, 3, {("missing", "Pack"): 2})
    assert found.fitness == pytest.approx((1 + 0.8 + 0.8) / 3)


def test_a_gateway_with_very_many_ways_is_refused_by_name() -> None:
    ways_out = "".join(f'<task id="t{n}"/><sequenceFlow id="f{n}" sourceRef="g" targetRef="t{n}"/>' for n in range(9))
    with pytest.raises(CannotReplay, match="Which papers: more than 6 ways"):
        net(drawing(f'<inclusiveGateway id="g" name="Which papers"/>{ways_out}'))


def test_a_case_too_wild_to_judge_says_so() -> None:
    steps = "".join(
        f'<task id="t{n}" name="T{n}"/><sequenceFlow id="f{n}" sourceRef="g" targetRef="t{n}"/>' for n in range(18)
    )
    found = fit(
        drawing(
            f'<startEvent id="s"/><sequenceFlow id="x" sourceRef="s" targetRef="g"/><parallelGateway id="g"/>{steps}'
        ),
        "T1",
        "Q",
    )
    assert not found.judged
