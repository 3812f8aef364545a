"""What a BPMN file draws where, and how clear that is: what covers what, and which ways cross."""

from itertools import combinations, pairwise
from pathlib import Path

from lxml import etree

DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
POINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
# steps, events and gateways (OMG BPMN 2.0.2, clause 10); pools, lanes, notes and papers are none
NODES = ("Task", "task", "Event", "Gateway", "subProcess", "callActivity", "transaction", "adHocSubProcess")
Box = tuple[float, float, float, float]
Line = tuple[tuple[float, float], tuple[float, float]]


def drawn(file: Path) -> tuple[dict[str, Box], dict[str, list[Line]]]:
    """Steps by id as (left, top, right, bottom), ways by id as straight pieces."""
    root = etree.parse(file).getroot()
    kinds = {one.get("id"): etree.QName(one).localname for one in root.iter(etree.Element)}
    boxes, ways = {}, {}
    for shape in root.iter(f"{DI}BPMNShape"):
        at = shape.find(f"{DC}Bounds")
        assert at is not None
        x, y, width, height = (float(at.get(side, "")) for side in ("x", "y", "width", "height"))
        if kinds.get(shape.get("bpmnElement"), "").endswith(NODES):
            boxes[str(shape.get("bpmnElement"))] = (x, y, x + width, y + height)
    for edge in root.iter(f"{DI}BPMNEdge"):
        points = [(float(p.get("x", "")), float(p.get("y", ""))) for p in edge.iter(POINT)]
        if kinds.get(edge.get("bpmnElement")) == "sequenceFlow":
            ways[str(edge.get("bpmnElement"))] = list(pairwise(points))
    return boxes, ways


def together(file: Path) -> set[frozenset[str]]:
    """Pairs that belong upon each other: an event and the step on whose border it stands, a part or call and what is in it."""
    root = etree.parse(file).getroot()
    pairs = {(str(one.get("id")), str(one.get("attachedToRef"))) for one in root.iter() if one.get("attachedToRef")}
    for one in root.iter(etree.Element):
        above = {str(outer.get("id")) for outer in one.iterancestors()}
        called = {str(call.get("id")) for call in root.iter() if call.get("calledElement") in above}
        pairs |= {(str(one.get("id")), outer) for outer in above | called if one.get("id")}
    return {frozenset(pair) for pair in pairs}


def covered(file: Path) -> list[tuple[str, str]]:
    """The pairs of steps that cover each other and should not."""
    boxes, own = drawn(file)[0], together(file)
    return [
        (one, other)
        for (one, a), (other, b) in combinations(boxes.items(), 2)
        if not (a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]) and frozenset((one, other)) not in own
    ]


def crossings(file: Path) -> list[tuple[str, str]]:
    """The pairs of ways that cross, once for each place where they do; ways that only touch or run along each other do not."""
    ways = drawn(file)[1]
    return [
        (one, other)
        for (one, mine), (other, theirs) in combinations(ways.items(), 2)
        for a in mine
        for b in theirs
        if _cross(a, b)
    ]


def _cross(one: Line, other: Line) -> bool:
    (a, b), (c, d) = one, other
    return _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0


def _side(a: tuple[float, float], b: tuple[float, float], point: tuple[float, float]) -> float:
    """On which side of the line from `a` to `b` a point lies."""
    return (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0])
