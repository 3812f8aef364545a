"""Sixty-four at once want what is there for twenty (SP-12): never below zero, nobody promised what another has."""

import threading
from decimal import Decimal as D

import world
from django.db import connection

from orderway.catalog.commands import AddItem
from orderway.kernel.access import system_actor
from orderway.kernel.checking import differences
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.stock.commands import Move

WRITERS, EACH, THERE = 64, 5, 100


def test_sixty_four_writers_share_a_hundred_pieces():
    shop = world.known()
    (item,) = run("catalog.add_items", system_actor(shop.company), [AddItem("AT-ONCE", "Wanted by all")]).done
    halves = [Move(item, place, D(THERE // 2)) for place in shop.warehouses.values()]
    assert run("stock.move", shop.warehouse, halves).ok
    wish = PlaceOrder(shop.customers["10001"], [PlaceLine(item, D(EACH), D(1))])
    orders = list(run("orders.place", shop.manager, [wish] * WRITERS).done)
    assert run("orders.confirm", shop.manager, [Ref(id) for id in orders]).ok
    troubles: list[Exception] = []

    def reserve(order: int) -> None:
        try:
            assert run("orders.allocate", shop.manager, [Ref(order)]).ok
        except Exception as trouble:
            troubles.append(trouble)
        finally:
            connection.close()

    threads = [threading.Thread(target=reserve, args=[order]) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert troubles == []
    given = [ask("orders.lines", shop.manager, id=order)[0].allocated for order in orders]
    assert sum(given) == THERE
    assert sorted(set(given)) == [0, EACH]
    assert [level.free for level in ask("stock.levels", shop.manager, item=item).rows] == [0, 0]
    assert differences() == []


def test_what_is_promised_cannot_be_taken_out_of_the_house():
    shop = world.known()
    (item,) = run("catalog.add_items", system_actor(shop.company), [AddItem("PROMISED", "Promised")]).done
    main = shop.warehouses["main"]
    run("stock.move", shop.warehouse, [Move(item, main, D(5))])
    (order,) = run(
        "orders.place", shop.manager, [PlaceOrder(shop.customers["10001"], [PlaceLine(item, D(4), D(1))])]
    ).done
    run("orders.confirm", shop.manager, [Ref(order)])
    run("orders.allocate", shop.manager, [Ref(order)])
    refused = run("stock.move", shop.warehouse, [Move(item, main, D(-2), "scrapped")]).refused
    assert [(r.code, r.facts["free"]) for r in refused] == [("short-stock", 1)]
