"""The templates as "Tidy up" lays them out: no two steps cover each other, and no way runs through a step it does not belong to."""

from itertools import combinations, pairwise
from pathlib import Path

import pytest
from lxml import etree

import orderway.workflow

GALLERY = sorted((Path(orderway.workflow.__file__).parent / "gallery").glob("*.bpmn"))
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
POINT = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
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
        if kinds[shape.get("bpmnElement")] not in ("participant", "lane"):
            boxes[str(shape.get("bpmnElement"))] = (x, y, x + width, y + height)
    for edge in root.iter(f"{DI}BPMNEdge"):
        points = [(float(p.get("x", "")), float(p.get("y", ""))) for p in edge.iter(POINT)]
        ways[str(edge.get("bpmnElement"))] = list(pairwise(points))
    return boxes, ways


def on_the_border_of(file: Path) -> set[frozenset[str]]:
    root = etree.parse(file).getroot()
    return {
        frozenset((str(one.get("id")), str(one.get("attachedToRef"))))
        for one in root.iter()
        if one.get("attachedToRef")
    }


@pytest.mark.parametrize("file", GALLERY, ids=lambda file: file.stem)
def test_no_two_steps_cover_each_other_and_no_way_crosses_a_step(file: Path) -> None:
    boxes, ways = drawn(file)
    together = on_the_border_of(file)
    for (one, a), (other, b) in combinations(boxes.items(), 2):
        apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
        assert apart or frozenset((one, other)) in together, (one, other)
    for way, lines in ways.items():
        for name, (left, top, right, bottom) in boxes.items():
            for (x1, y1), (x2, y2) in lines:
                inside = (
                    min(x1, x2) < right - 1
                    and max(x1, x2) > left + 1
                    and min(y1, y2) < bottom - 1
                    and max(y1, y2) > top + 1
                )
                own = any(one in (lines[0][0], lines[-1][1]) for one in ((x1, y1), (x2, y2)))
                assert not inside or own, (way, name)


@pytest.mark.parametrize("file", GALLERY, ids=lambda file: file.stem)
def test_ways_have_right_angles(file: Path) -> None:
    slanted = [way for way, lines in drawn(file)[1].items() for (x1, y1), (x2, y2) in lines if x1 != x2 and y1 != y2]
    assert slanted == []
