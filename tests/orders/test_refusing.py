"""Why not?: what refuses an act on an order is told with its leaves, and the leaves evaluated anew say the same as the act itself (OW-05)."""

import random
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal as D
from typing import Any

from orderway.billing.commands.credit import CreditReturned
from orderway.billing.commands.pay import Pay
from orderway.kernel import clock, reacting
from orderway.kernel.access import system_actor
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.orders.commands.prioritise import PrioritiseOrder
from orderway.orders.commands.proceed import HoldOrder
from orderway.orders.commands.verify import WaiveFinding
from orderway.orders.refusing import Leaves, judges
from orderway.parties.commands import ChangeParty
from orderway.stock.commands import Move


def row(name: str, order: int) -> Any:
    if name in ("orders.hold", "orders.cancel"):
        return HoldOrder(order, "as asked")
    if name == "billing.credit_returned":
        return CreditReturned(order, "as asked")
    return PrioritiseOrder(order, "urgent", "as asked") if name == "orders.prioritise" else Ref(order)


def said(refused: Sequence[Any]) -> list[tuple[str, Any, Any]]:
    """Refusals without the numbers and states that the sentence repeats as the command read them."""
    return sorted((one.code, one.subject, dict(one.facts)) for one in refused)


def told(shop: Any, order: int) -> tuple[Leaves, dict[str, list[Any]]]:
    """What is told of every act now, after it was held against a dry run of the act and against its own leaves."""
    leaves, acts = ask("orders.why_not", shop.manager, id=order)
    assert {one.command for one in acts} == judges.keys()
    found = {}
    for one in acts:
        tried = run(one.command, system_actor(shop.company), [row(one.command, order)], dry=True)
        assert said(one.refused) == said(tried.refused), one.command
        again = judges[one.command].judge(leaves)
        assert said(again) == said(one.refused), "the leaves give it again"
        asked = {name: getattr(leaves, name) for name in one.rests_on}
        other = Leaves(**{**NEUTRAL, **asked, "id": order, "number": leaves.number})
        assert said(judges[one.command].judge(other)) == said(one.refused), "and no other leaf than those named counts"
        found[one.command] = [refusal.code for refusal in one.refused]
    return leaves, found


NEUTRAL: dict[str, Any] = {
    "id": 0, "number": "", "state": "confirmed", "lines": 1, "begun": 0, "undelivered": 0, "uninvoiced": 0, "returned": 1, "chargeable": 1, "settled": True,
    "prepay_open": False, "facts": None, "waived": {},
}  # fmt: skip


def placed(shop: Any, customer: str = "10001", quantity: int = 4, **more: Any) -> int:
    lines = [PlaceLine(shop.items["PAP-A4-80"], D(quantity)), PlaceLine(shop.items["DESIGN-H"], D(1))]
    return int(run("orders.place", shop.manager, [PlaceOrder(shop.customers[customer], lines, **more)]).done[0])


def test_an_order_is_refused_what_its_state_forbids_and_says_in_which_it_may(shop: Any) -> None:
    order = placed(shop)
    _, found = told(shop, order)
    assert [name for name, codes in found.items() if codes == ["wrong-state"]] == [
        "orders.resume",
        "orders.allocate",
        "orders.complete",
        "fulfilment.release",
        "billing.draft",
        "billing.issue",
        "billing.credit_returned",
    ]
    assert run("orders.hold", shop.manager, [HoldOrder(order, "wait")]).ok
    _, found = told(shop, order)
    assert found["orders.confirm"] == found["orders.hold"] == ["wrong-state"]
    assert found["orders.resume"] == found["orders.cancel"] == []
    acts = {one.command: one for one in ask("orders.why_not", shop.manager, id=order).acts}
    assert acts["orders.resume"].states == {"held"}


def test_the_credit_limit_is_told_with_what_is_open_and_falls_when_it_is_raised_or_let_pass(shop: Any) -> None:
    assert run("parties.change", shop.accountant, [ChangeParty(shop.customers["10001"], credit_limit=D(5))]).ok
    order = placed(shop)
    leaves, found = told(shop, order)
    assert found["orders.verify"] == ["findings"]
    assert leaves.facts.open_net > leaves.facts.credit_limit == 5
    run("orders.verify", shop.manager, [Ref(order)], partial=True)
    (finding,) = [one for one in ask("orders.findings", shop.manager, id=order) if one.check_name == "credit"]
    assert run("orders.waive", shop.manager, [WaiveFinding(finding.id, "known to us")]).ok
    leaves, found = told(shop, order)
    assert found["orders.verify"] == []
    assert "credit" in leaves.waived
    placed(shop)  # more is open now: the word of then no longer holds
    assert told(shop, order)[1]["orders.verify"] == ["findings"]
    assert run("parties.change", shop.accountant, [ChangeParty(shop.customers["10001"], credit_limit=D(9999))]).ok
    assert told(shop, order)[1]["orders.verify"] == []


def test_a_bad_address_and_a_second_order_by_the_same_reference_are_told(shop: Any) -> None:
    placed(shop, their_reference="B-5")
    order = placed(shop, their_reference="B-5", ship_street="", ship_city="", ship_postcode="", ship_country="DE")
    leaves, acts = ask("orders.why_not", shop.manager, id=order)
    (verify,) = [one for one in acts if one.command == "orders.verify"]
    assert "duplicate" in verify.refused[0].facts["checks"]
    assert told(shop, order)[0].facts.same_reference == leaves.facts.same_reference == 1


def test_a_whole_life_is_told_right_at_each_of_its_steps(shop: Any) -> None:
    from orderway.fulfilment.commands.pick import PickLine
    from orderway.fulfilment.commands.ship import ShipShipment

    boss = system_actor(shop.company)
    assert run("stock.move", shop.warehouse, [Move(shop.items["PAP-A4-80"], shop.warehouses["main"], D(50))]).ok
    order = placed(shop)
    seen = [told(shop, order)[1]]
    for name in ("orders.confirm", "orders.allocate"):
        assert run(name, boss, [Ref(order)]).ok
        reacting.drain()
        seen.append(told(shop, order)[1])
    (shipment,) = ask("fulfilment.shipments", shop.warehouse, order=order).rows
    lines = ask("fulfilment.lines", shop.warehouse, id=shipment.id)
    assert run("fulfilment.pick", shop.warehouse, [PickLine(one.id, one.quantity) for one in lines]).ok
    assert run("fulfilment.pack", boss, [pack(shipment.id)]).ok
    assert run("fulfilment.ship", boss, [ShipShipment(shipment.id)]).ok
    reacting.drain()
    leaves, found = told(shop, order)
    assert (leaves.begun > 0, found["orders.cancel"]) == (True, ["already-delivered"])
    assert found["orders.complete"] == ["not-finished"]
    known = ask("billing.invoices", shop.accountant, order=order).rows
    invoice = known[0].id if known else run("billing.issue", shop.accountant, [Ref(order)]).values["invoices"][0]
    leaves, found = told(shop, order)
    assert found["orders.complete"] == ["not-finished"], "the money is not here"
    assert (leaves.chargeable, found["billing.draft"], found["billing.issue"]) == (0, [], ["nothing-to-invoice"])
    due = ask("billing.invoice", shop.accountant, id=invoice).due
    assert run("billing.pay", shop.accountant, [Pay(invoice, due)]).ok
    assert told(shop, order)[1]["orders.complete"] == []
    assert run("orders.complete", boss, [Ref(order)]).ok
    _, found = told(shop, order)
    still = {"orders.verify", "billing.draft", "billing.issue", "billing.credit_returned"}
    assert {name for name, codes in found.items() if codes == ["wrong-state"]} == judges.keys() - still


def pack(shipment: int) -> Any:
    from orderway.fulfilment.commands.pack import PackShipment

    return PackShipment(shipment)


def test_a_prepayment_that_is_awaited_keeps_the_goods_and_is_told(shop: Any) -> None:
    order = placed(shop)
    assert run("orders.confirm", shop.manager, [Ref(order)]).ok
    assert told(shop, order)[1]["fulfilment.release"] == []
    assert run("billing.issue_prepayment", shop.accountant, [prepaid(order)]).ok
    leaves, found = told(shop, order)
    assert (leaves.prepay_open, found["fulfilment.release"]) == (True, ["prepayment-open"])


def prepaid(order: int) -> Any:
    from orderway.billing.commands.prepay import Prepay

    return Prepay(order, D(30))


def test_services_are_charged_at_once_where_there_are_no_goods_and_told_so(shop: Any) -> None:
    mixed = placed(shop)
    hours = PlaceOrder(shop.customers["10001"], [PlaceLine(shop.items["DESIGN-H"], D(2))])
    (pure,) = run("orders.place", shop.manager, [hours]).done
    assert run("orders.confirm", shop.manager, [Ref(mixed), Ref(pure)]).ok
    leaves, found = told(shop, mixed)
    assert (leaves.chargeable, found["billing.issue"]) == (0, ["nothing-to-invoice"])
    leaves, found = told(shop, pure)
    assert (leaves.chargeable, found["billing.issue"]) == (1, [])
    assert run("billing.issue", shop.accountant, [Ref(pure)]).ok
    leaves, found = told(shop, pure)
    assert (leaves.chargeable, found["billing.issue"]) == (0, ["nothing-to-invoice"])


def test_whatever_happens_to_orders_they_tell_what_the_acts_would_say(shop: Any) -> None:
    chance = random.Random(7)
    today = clock.today("Europe/Berlin")
    acts = (
        "orders.confirm",
        "orders.hold",
        "orders.resume",
        "orders.allocate",
        "orders.cancel",
        "orders.verify",
        "billing.issue",
    )
    refused: set[str] = set()
    for _ in range(8):
        wish = today + timedelta(chance.randint(-3, 5))
        order = placed(shop, chance.choice(["10001", "10002"]), chance.randint(1, 900), requested_on=wish)
        for _ in range(4):
            _, found = told(shop, order)
            refused |= {code for codes in found.values() for code in codes}
            name = chance.choice(acts)
            run(name, system_actor(shop.company), [row(name, order)], partial=True)
    assert refused >= {"wrong-state"}
    assert ask("orders.why_not", shop.stranger, id=order) is None
