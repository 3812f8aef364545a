"""A program of the print shop's manager, and an order as it would send it."""

from typing import Any

import pytest
from calling import Program, token_for


@pytest.fixture
def program(shop):
    """A program of the manager's that may do all a manager may."""
    return Program(token_for(shop.manager))


@pytest.fixture
def order(shop):
    """An order as a shop system would send it."""

    def made(item: str = "ENV-DL", quantity: str = "1", customer: str = "10001", **more: Any) -> dict[str, Any]:
        return {
            "customer": shop.customers[customer],
            "lines": [{"item": shop.items[item], "quantity": quantity}],
            **more,
        }

    return made
