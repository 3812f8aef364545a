"""The press room, for one test, on a Monday in March."""

from collections.abc import Iterator

import pytest


@pytest.fixture
def press(shop: object) -> Iterator[object]:
    """The print shop with machines and papers."""
    import press_room

    from orderway.kernel import clock

    with clock.at(press_room.NOW):
        press_room.set_up(shop)
        yield shop
