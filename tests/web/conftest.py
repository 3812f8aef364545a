"""Browsers of the shop's people."""

from collections.abc import Callable
from decimal import Decimal as D
from typing import Any

import pytest


@pytest.fixture
def as_(shop: Any) -> Callable[..., Any]:
    """A browser in which the person of a role (or an actor) is signed in, in English."""
    from django.test import Client

    from orderway.people.models import Person

    def signed_in(who: Any, language: str = "en") -> Any:
        actor = getattr(shop, who) if isinstance(who, str) else who
        person = Person.objects.get(pk=actor.id)
        Person.objects.filter(pk=person.pk).update(language=language)
        client = Client(headers={"host": "localhost"})
        client.force_login(person)
        return client

    return signed_in


@pytest.fixture
def order(shop: Any) -> int:
    """A placed order of 10 reams and an hour of design for Kanzlei Bergmann Roth."""
    from orderway.kernel.running import run
    from orderway.orders.commands.place import PlaceLine, PlaceOrder

    lines = [PlaceLine(shop.items["PAP-A4-80"], D(10)), PlaceLine(shop.items["DESIGN-H"], D(1))]
    row = PlaceOrder(shop.customers["10001"], lines, their_reference="B-77", instruction="Ring twice")
    return int(run("orders.place", shop.manager, [row]).done[0])


@pytest.fixture
def confirmed(shop: Any, order: int) -> int:
    """The same order, confirmed."""
    from orderway.kernel.registry import Ref
    from orderway.kernel.running import run

    assert run("orders.confirm", shop.manager, [Ref(order)]).done
    return order
