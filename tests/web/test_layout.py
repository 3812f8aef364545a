"""The templates as "Tidy up" lays them out: no two steps cover each other, and no way runs through a step it does not belong to."""

from pathlib import Path

import pytest
from laid_out import covered, crossings, drawn

import orderway.workflow

HOME = Path(orderway.workflow.__file__).parent
GALLERY = sorted([*(HOME / "gallery").glob("*.bpmn"), *(HOME / "maps").glob("*.bpmn")])


@pytest.mark.parametrize("file", GALLERY, ids=lambda file: file.stem)
def test_no_two_steps_cover_each_other_and_no_way_crosses_a_step(file: Path) -> None:
    boxes, ways = drawn(file)
    assert covered(file) == []
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
def test_of_three_ways_at_most_one_crosses_another(file: Path) -> None:
    assert len(crossings(file)) * 3 <= len(drawn(file)[1])


@pytest.mark.parametrize("file", GALLERY, ids=lambda file: file.stem)
def test_ways_have_right_angles(file: Path) -> None:
    slanted = [way for way, lines in drawn(file)[1].items() for (x1, y1), (x2, y2) in lines if x1 != x2 and y1 != y2]
    assert slanted == []
