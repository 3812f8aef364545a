"""Sixty-four at once want what is there for twenty (SP-12): never below zero, nobody promised what another has."""

import threading
from datetime import date
from decimal import Decimal as D

import pytest
from django.db import connection

from orderway.catalog.commands import AddItem, SetTaxRate
from orderway.kernel.access import Actor, system_actor
from orderway.kernel.checking import differences
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.parties.commands import TakeOn
from orderway.people.commands import FoundCompany
from orderway.stock.commands import Move, OpenWarehouse

WRITERS, EACH, THERE = 64, 5, 100


def firm(name: str) -> tuple[Actor, int, list[int]]:
    """A company of its own, because what is written here is committed: its system, a customer, its two warehouses."""
    (company,) = run("people.found", system_actor(0), [FoundCompany(name, "DE", "EUR")]).done
    system = system_actor(company)
    run("catalog.set_tax_rates", system, [SetTaxRate("DE", "standard", D(19), date(2020, 1, 1))])
    (customer,) = run("parties.take_on", system, [TakeOn("Buyer", "DE")]).done
    places = run(
        "stock.open_warehouses", system, [OpenWarehouse("main", "Main"), OpenWarehouse("annex", "Annex", 2)]
    ).done
    return system, customer, list(places)


def test_sixty_four_writers_share_a_hundred_pieces():
    system, customer, places = firm("At Once GmbH")
    (item,) = run("catalog.add_items", system, [AddItem("AT-ONCE", "Wanted by all")]).done
    assert run("stock.move", system, [Move(item, place, D(THERE // 2)) for place in places]).ok
    wish = PlaceOrder(customer, [PlaceLine(item, D(EACH), D(1))])
    orders = list(run("orders.place", system, [wish] * WRITERS).done)
    assert run("orders.confirm", system, [Ref(id) for id in orders]).ok
    troubles: list[Exception] = []

    def reserve(order: int) -> None:
        try:
            assert run("orders.allocate", system, [Ref(order)]).ok
        except Exception as trouble:
            troubles.append(trouble)
        finally:
            connection.close()

    threads = [threading.Thread(target=reserve, args=[order]) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    fetch("delete from pending", {})
    assert troubles == []
    given = [ask("orders.lines", system, id=order)[0].allocated for order in orders]
    assert sum(given) == THERE
    assert sorted(set(given)) == [0, EACH]
    assert [level.free for level in ask("stock.levels", system, item=item).rows] == [0, 0]
    assert differences() == []


@pytest.mark.usefixtures("db")
def test_what_is_promised_cannot_be_taken_out_of_the_house():
    system, customer, (main, _) = firm("Promised GmbH")
    (item,) = run("catalog.add_items", system, [AddItem("PROMISED", "Promised")]).done
    run("stock.move", system, [Move(item, main, D(5))])
    (order,) = run("orders.place", system, [PlaceOrder(customer, [PlaceLine(item, D(4), D(1))])]).done
    run("orders.confirm", system, [Ref(order)])
    run("orders.allocate", system, [Ref(order)])
    refused = run("stock.move", system, [Move(item, main, D(-2), "scrapped")]).refused
    assert [(r.code, r.facts["free"]) for r in refused] == [("short-stock", 1)]
