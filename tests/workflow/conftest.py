"""The table of the trial trade, and the press room, for one test."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import workflow_trial

sys.path.append(str(Path(__file__).parent.parent / "production"))  # the press room is theirs


@pytest.fixture
def trial(shop: object) -> object:
    """The print shop with the trial trade beside it."""
    workflow_trial.make_table()
    return shop


@pytest.fixture
def press(shop: object) -> Iterator[object]:
    """The print shop with machines and papers, on a Monday in March."""
    import press_room

    from orderway.kernel import clock

    with clock.at(press_room.NOW):
        press_room.set_up(shop)
        yield shop
