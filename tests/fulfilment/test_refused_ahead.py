"""Why not?: what keeps a shipment from being picked, packed, shipped or delivered, and a line from being given up, is told ahead as the
acts themselves say it (OW-05)."""

import random
from collections.abc import Sequence
from decimal import Decimal as D
from typing import Any

from orderway.fulfilment.commands.booking import BookCarrier, NoteBooked, NoteNotBooked
from orderway.fulfilment.commands.carriers import SetCarrier
from orderway.fulfilment.commands.pack import PackShipment
from orderway.fulfilment.commands.pick import PickLine
from orderway.fulfilment.commands.ship import ShipShipment
from orderway.fulfilment.commands.take_back import TakeBack
from orderway.fulfilment.refusing import ShipmentLeaves, judges
from orderway.kernel import reacting
from orderway.kernel.access import system_actor
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.orders.commands.deliver import ShortShip
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.orders.commands.proceed import HoldOrder
from orderway.orders.refusing import LineLeaves, line_judges
from orderway.stock.commands import Move

SMALLEST = D("0.001")


def released(shop: Any, quantity: int = 4) -> tuple[int, int]:
    """An order that may be picked, and its shipment."""
    stock = Move(shop.items["PAP-A4-80"], shop.warehouses["main"], D(quantity))
    assert run("stock.move", shop.warehouse, [stock]).ok
    lines = [PlaceLine(shop.items["PAP-A4-80"], D(quantity)), PlaceLine(shop.items["DESIGN-H"], D(1))]
    (order,) = run("orders.place", shop.manager, [PlaceOrder(shop.customers["10001"], lines)]).done
    for name in ("orders.confirm", "orders.allocate"):
        assert run(name, system_actor(shop.company), [Ref(order)]).ok
    reacting.drain()
    return int(order), int(ask("fulfilment.shipments", shop.warehouse, order=order).rows[0].id)


def carrier(shop: Any) -> int:
    """The carrier of the house."""
    known = ask("fulfilment.carriers", shop.warehouse)
    if known:
        return int(known[0].id)
    express = SetCarrier("Parcel Express", "https://carrier.example/book")
    return int(run("fulfilment.set_carriers", shop.administrator, [express]).done[0])


def rows(shop: Any, name: str, shipment: int) -> Sequence[Any]:
    """What a person types in who does the act right: what is still to pick, one box, a carrier there is."""
    if name == "fulfilment.book":
        return [BookCarrier(shipment, carrier(shop))]
    if name == "fulfilment.pick":
        lines = ask("fulfilment.lines", shop.warehouse, id=shipment)
        return [PickLine(one.id, one.quantity) for one in lines if one.picked is None] or [
            PickLine(one.id, one.quantity) for one in lines
        ]
    kinds = {"fulfilment.pack": PackShipment, "fulfilment.ship": ShipShipment, "fulfilment.deliver": Ref}
    return [kinds[name](shipment)]


def said(refused: Sequence[Any]) -> list[tuple[str, dict[str, Any]]]:
    return sorted((one.code, dict(one.facts)) for one in refused)


def told(shop: Any, shipment: int) -> dict[str, list[str]]:
    """What is told of each act on a shipment, after it was held against a dry run and against its own leaves."""
    leaves, acts = ask("fulfilment.why_not", shop.warehouse, id=shipment)
    assert {one.command for one in acts} == judges.keys()
    neutral = ShipmentLeaves(shipment, leaves.order_number, "open", "confirmed", ())
    for one in acts:
        tried = run(one.command, system_actor(shop.company), rows(shop, one.command, shipment), dry=True)
        assert bool(one.refused) == bool(tried.refused), (one.command, leaves)
        if {no.code for no in tried.refused} != {
            "already-picked"
        }:  # said of a line; of the shipment, that it is past that
            assert said(one.refused) == said(tried.refused), one.command
        known = {name: getattr(leaves, name) for name in one.rests_on}
        assert said(judges[one.command].judge(neutral._replace(**known))) == said(one.refused), "by its leaves alone"
        assert bool(one.refused) or leaves.state in one.states
    return {one.command.partition(".")[2]: [no.code for no in one.refused] for one in acts}


def told_of_lines(shop: Any, order: int, act: str = "orders.short_ship") -> list[list[str]]:
    """What is told of giving up and of taking back each line, held against a dry run for the smallest quantity, and against its leaves."""
    found = []
    for leaves, acts in ask("orders.why_not_lines", shop.manager, id=order):
        assert {one.command for one in acts} == line_judges.keys() == {"orders.short_ship", "fulfilment.take_back"}
        for one in acts:
            least: Any = ShortShip(leaves.id, SMALLEST, "out of print")
            if one.command == "fulfilment.take_back":
                least = TakeBack(order, shop.warehouses["main"], [(leaves.id, SMALLEST)], "wet")
            tried = run(one.command, shop.manager, [least], dry=True)
            assert said(one.refused) == said(tried.refused)
            other = LineLeaves(leaves.id, leaves.position, leaves.number, "confirmed", D(1), D(1))
            known = {name: getattr(leaves, name) for name in one.rests_on}
            assert said(line_judges[one.command].judge(other._replace(**known))) == said(one.refused)
        found += [[no.code for no in one.refused] for one in acts if one.command == act]
    return found


def do(shop: Any, name: str, shipment: int) -> None:
    assert run(name, system_actor(shop.company), rows(shop, name, shipment)).ok
    reacting.drain()


def test_each_step_of_a_shipment_waits_for_the_one_before_and_says_so(shop: Any) -> None:
    _, shipment = released(shop)
    for step in ("pick", "pack", "ship", "deliver"):
        found = told(shop, shipment)
        assert [name for name, codes in found.items() if not codes] == ([step, "book"] if step == "ship" else [step])
        assert {tuple(codes) for codes in found.values() if codes} == {("wrong-state",)}
        do(shop, f"fulfilment.{step}", shipment)
    assert set(map(tuple, told(shop, shipment).values())) == {("wrong-state",)}
    assert ask("fulfilment.why_not", shop.stranger, id=shipment) is None


def test_packing_what_is_not_picked_yet_is_refused_in_words(shop: Any) -> None:
    _, shipment = released(shop)
    (no,) = run("fulfilment.pack", shop.warehouse, [PackShipment(shipment)]).refused
    assert (no.code, no.facts["state"]) == ("wrong-state", "open")


def test_goods_of_a_held_order_stay_and_the_shipment_tells_it_before_somebody_walks(shop: Any) -> None:
    order, shipment = released(shop)
    assert run("orders.hold", shop.manager, [HoldOrder(order, "unpaid")]).ok
    assert told(shop, shipment)["pick"] == ["order-stopped"]
    assert run("orders.resume", shop.manager, [Ref(order)]).ok
    assert told(shop, shipment)["pick"] == []


def test_where_nothing_was_found_on_the_shelf_there_is_nothing_to_pack(shop: Any) -> None:
    _, shipment = released(shop)
    (line,) = ask("fulfilment.lines", shop.warehouse, id=shipment)
    assert run("fulfilment.pick", shop.warehouse, [PickLine(line.id, D(0))]).ok
    assert told(shop, shipment)["pack"] == ["nothing-picked"]


def test_a_carrier_is_booked_once_and_another_one_where_it_failed(shop: Any) -> None:
    _, shipment = released(shop)
    for step in ("pick", "pack", "book"):
        assert told(shop, shipment)[step] == []
        do(shop, f"fulfilment.{step}", shipment)
    assert told(shop, shipment)["book"] == ["already-booked"]
    booking = ask("fulfilment.booking", shop.warehouse, id=shipment)
    boss = system_actor(shop.company)
    do(shop, "fulfilment.ship", shipment)
    assert run("fulfilment.note_not_booked", boss, [NoteNotBooked(booking.id, "closed", final=True)]).ok
    assert told(shop, shipment)["book"] == []  # it has left, and a carrier still has to know
    do(shop, "fulfilment.book", shipment)
    assert run("fulfilment.note_booked", boss, [NoteBooked(booking.id, "PX-1")]).ok
    leaves, _acts = ask("fulfilment.why_not", shop.warehouse, id=shipment)
    assert (leaves.carrier, leaves.tracking) == ("Parcel Express", "PX-1")
    assert told(shop, shipment)["book"] == ["already-booked"]


def test_what_has_left_without_a_carrier_asks_for_none(shop: Any) -> None:
    _, shipment = released(shop)
    for step in ("pick", "pack", "ship"):
        do(shop, f"fulfilment.{step}", shipment)
    assert told(shop, shipment)["book"] == ["wrong-state"]


def test_more_in_the_box_than_is_still_wanted_is_told_until_it_was_put_back(shop: Any) -> None:
    order, shipment = released(shop)
    do(shop, "fulfilment.pick", shipment)
    do(shop, "fulfilment.pack", shipment)
    line = ask("orders.lines", shop.manager, id=order)[0]
    assert run("orders.short_ship", shop.manager, [ShortShip(line.id, D(3), "needs no more")]).ok
    assert told(shop, shipment)["ship"] == ["not-held"]
    reacting.drain()
    assert (told(shop, shipment)["ship"], told(shop, shipment)["pack"]) == (["wrong-state"], [])


def test_a_line_is_given_up_while_its_order_lives_and_something_of_it_is_open(shop: Any) -> None:
    order, shipment = released(shop)
    assert told_of_lines(shop, order) == [[], []]
    for step in ("pick", "pack", "ship"):
        do(shop, f"fulfilment.{step}", shipment)
    assert told_of_lines(shop, order) == [["nothing-open"], []]
    other, _ = released(shop)
    assert run("orders.cancel", shop.manager, [HoldOrder(other, "not wanted")]).ok
    assert told_of_lines(shop, other) == [["wrong-state"], ["wrong-state"]]
    assert ask("orders.why_not_lines", shop.stranger, id=order) == []


def test_only_what_left_the_house_comes_back_and_each_line_says_so(shop: Any) -> None:
    order, shipment = released(shop)
    nothing = [["nothing-delivered"], ["nothing-delivered"]]
    assert told_of_lines(shop, order, "fulfilment.take_back") == nothing
    for step in ("pick", "pack", "ship"):
        do(shop, f"fulfilment.{step}", shipment)
    assert told_of_lines(shop, order, "fulfilment.take_back") == [[], ["nothing-delivered"]]
    line = ask("orders.lines", shop.manager, id=order)[0]
    back = TakeBack(order, shop.warehouses["main"], [(line.id, line.delivered)], "wet")
    assert run("fulfilment.take_back", shop.warehouse, [back]).ok
    assert told_of_lines(shop, order, "fulfilment.take_back") == nothing


def test_whatever_happens_to_shipments_they_tell_what_the_acts_would_say(shop: Any) -> None:
    chance = random.Random(11)
    seen: set[str] = set()
    boss = system_actor(shop.company)
    for _ in range(10):
        order, shipment = released(shop, chance.randint(2, 9))
        for _ in range(8):
            seen |= {code for codes in told(shop, shipment).values() for code in codes}
            seen |= {code for codes in told_of_lines(shop, order) for code in codes}
            act = chance.choice(["pick", "pick", "pack", "pack", "ship", "ship", "less", "less", "give", "hold", "on"])
            if act in ("pick", "pack", "ship"):
                run(f"fulfilment.{act}", boss, rows(shop, f"fulfilment.{act}", shipment))
            elif act == "less":
                lines = ask("fulfilment.lines", shop.warehouse, id=shipment)
                run("fulfilment.pick", boss, [PickLine(one.id, D(chance.randint(0, 1))) for one in lines])
            elif act == "give":
                line = ask("orders.lines", shop.manager, id=order)[0]
                run("orders.short_ship", boss, [ShortShip(line.id, D(chance.randint(1, 3)), "needs no more")])
            else:
                name, row = (
                    ("orders.hold", HoldOrder(order, "wait")) if act == "hold" else ("orders.resume", Ref(order))
                )
                run(name, boss, [row])
            if chance.random() < 0.6:
                reacting.drain()
    assert seen >= {"wrong-state", "order-stopped", "nothing-picked", "not-held"}
