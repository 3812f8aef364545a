"""Sixty-four at once want what is there for twenty (SP-12): never below zero, nobody promised what another has."""

import threading
from collections.abc import Callable, Sequence
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
from orderway.orders.commands.prioritise import PrioritiseOrder
from orderway.parties.commands import TakeOn
from orderway.people.commands import FoundCompany
from orderway.stock.commands import Move, OpenWarehouse

WRITERS, EACH, THERE = 64, 5, 100


def firm(name: str) -> tuple[Actor, int, list[int]]:
    """A company of its own: its system, a customer, its two warehouses."""
    (company,) = run("people.found", system_actor(0), [FoundCompany(name, "DE", "EUR")]).done
    system = system_actor(company)
    run("catalog.set_tax_rates", system, [SetTaxRate("DE", "standard", D(19), date(2020, 1, 1))])
    (customer,) = run("parties.take_on", system, [TakeOn("Buyer", "DE")]).done
    places = run(
        "stock.open_warehouses", system, [OpenWarehouse("main", "Main"), OpenWarehouse("annex", "Annex", 2)]
    ).done
    return system, customer, list(places)


def at_once(work: Callable[[int], None], orders: Sequence[int]) -> None:
    """Let a thread of its own do the work for each order; what goes wrong in one is raised here."""
    troubles: list[Exception] = []

    def on_its_own(order: int) -> None:
        try:
            work(order)
        except Exception as trouble:
            troubles.append(trouble)
        finally:
            connection.close()

    threads = [threading.Thread(target=on_its_own, args=[order]) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []


@pytest.mark.usefixtures("committed")
def test_sixty_four_writers_share_a_hundred_pieces():
    system, customer, places = firm("At Once GmbH")
    (item,) = run("catalog.add_items", system, [AddItem("AT-ONCE", "Wanted by all")]).done
    assert run("stock.move", system, [Move(item, place, D(THERE // 2)) for place in places]).ok
    wish = PlaceOrder(customer, [PlaceLine(item, D(EACH), D(1))])
    orders = list(run("orders.place", system, [wish] * WRITERS).done)
    assert run("orders.confirm", system, [Ref(id) for id in orders]).ok

    def reserve(order: int) -> None:
        assert run("orders.allocate", system, [Ref(order)]).ok

    at_once(reserve, orders)
    given = [ask("orders.lines", system, id=order)[0].allocated for order in orders]
    assert sum(given) == THERE
    assert sorted(set(given)) == [0, EACH]
    assert [level.free for level in ask("stock.levels", system, item=item).rows] == [0, 0]
    assert differences() == []


@pytest.mark.usefixtures("committed")
def test_marking_and_taking_back_while_others_reserve_loses_nothing_and_locks_nobody_out():
    system, customer, (main, _) = firm("Marked At Once GmbH")
    items = run("catalog.add_items", system, [AddItem(f"MARK-{n}", "Wanted by all") for n in range(3)]).done
    run("stock.move", system, [Move(item, main, D(25)) for item in items])
    wish = PlaceOrder(customer, [PlaceLine(item, D(1), D(1)) for item in items])
    orders = list(run("orders.place", system, [wish] * 32).done)
    run("orders.confirm", system, [Ref(id) for id in orders])

    def mark_and_reserve(order: int) -> None:
        all_but = [id for id in orders if id % 4 != order % 4]
        rows = [PrioritiseOrder(id, "urgent" if order % 2 else "wait", "at once") for id in all_but]
        done = run("orders.prioritise", system, rows)
        assert done.ok
        assert run("orders.allocate", system, [Ref(id) for id in reversed(all_but)]).ok
        run("kernel.undo", system, [Ref(done.values["undo"])])  # refused where another wrote since

    at_once(mark_and_reserve, orders)
    assert [level.free for level in ask("stock.levels", system, warehouse="main").rows] == [0, 0, 0]
    places = fetch(
        "select distinct o.priority, d.priority as served from sales_order o join order_line l on l.order_id = o.id"
        " join demand d on d.id = l.demand_id where o.company_id = %(company)s::bigint",
        {"company": system.company_id},
    )
    assert {(row.priority, row.served) for row in places} <= {(2, 1), (0, 5), (-1, 7)}
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
