"""Formal and factual checks (SE-12, SP-03, GD-04, GD-06), and copying an earlier order (DX-23)."""

import json
from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from orderway.kernel import clock
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.orders.commands.copy import CopyOrder
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.orders.commands.verify import WaiveFinding
from orderway.parties.commands import TakeOn

pytestmark = pytest.mark.usefixtures("db")


def place(shop, customer, *lines, **more):
    (id,) = run("orders.place", shop.manager, [PlaceOrder(customer, lines, **more)]).done
    return id


def verify(shop, id):
    outcome = run("orders.verify", shop.manager, [Ref(id)], partial=True)
    failed = {f.check_name: json.loads(f.evidence) for f in ask("orders.findings", shop.manager, id=id) if not f.passed}
    return outcome, failed


@pytest.fixture
def good(shop):
    good = TakeOn(
        "Good Ltd",
        "DE",
        street="Gasse 1",
        postcode="96215",
        city="Lichtenfels",
        vat_id="DE136695976",
        credit_limit=D(1000),
    )
    return run("parties.take_on", shop.manager, [good]).done[0]


def test_a_complete_order_passes_every_check(shop, good):
    outcome, failed = verify(
        shop, place(shop, good, PlaceLine(shop.items["ENV-DL"], D(2)), requested_on=clock.now().date() + timedelta(9))
    )
    assert (outcome.ok, failed) == (True, {})


@pytest.mark.parametrize(
    ("check", "spoil", "blocks"),
    [
        ("stock", {"quantity": 500, "item": "PAP-LX-120"}, True),  # and far over the credit limit
        ("dates", {"requested_on": date(2020, 1, 1)}, False),
        ("prices", {"price": D("1.23")}, False),
        ("credit", {"quantity": 70}, True),
        ("address", {"ship_street": "Weg 2", "ship_city": "Bamberg", "ship_postcode": "9621"}, False),
        ("address", {"ship_street": "", "ship_city": "Bamberg", "ship_postcode": "96215"}, True),
    ],
)
def test_each_slip_is_found_with_its_evidence(shop, good, check, spoil, blocks):
    line = PlaceLine(shop.items[spoil.pop("item", "ENV-DL")], D(spoil.pop("quantity", 1)), spoil.pop("price", None))
    outcome, failed = verify(shop, place(shop, good, line, **spoil))
    assert check in failed
    assert failed[check]
    assert outcome.ok is not blocks


def test_a_second_order_with_the_same_reference_waits_for_a_person(shop, good):
    line = PlaceLine(shop.items["ENV-DL"], D(1))
    place(shop, good, line, their_reference="PO-7")
    twin = place(shop, good, line, their_reference="PO-7")
    outcome, failed = verify(shop, twin)
    assert [(r.code, r.facts["checks"]) for r in outcome.refused] == [("findings", ["duplicate"])]
    (finding,) = [f for f in ask("orders.findings", shop.manager, id=twin) if not f.passed]
    run("orders.waive", shop.manager, [WaiveFinding(finding.id, "a call-off, they said")])
    assert verify(shop, twin)[0].ok
    assert failed["duplicate"] == {"reference": "PO-7"}


def test_a_copy_takes_the_lines_and_todays_prices_but_no_dates(shop):
    old = place(
        shop,
        shop.customers["10001"],
        PlaceLine(shop.items["ENV-DL"], D(3), D("1.00")),
        requested_on=date(2030, 1, 1),
        their_reference="OLD",
    )
    (id,) = run("orders.copy", shop.manager, [CopyOrder(old)]).done
    head, (line,) = ask("orders.one", shop.manager, id=id), ask("orders.lines", shop.manager, id=id)
    assert (line.quantity, line.price, line.requested_on) == (3, D("31.50"), None)
    assert (head.copied_from_id, head.requested_on, head.their_reference, head.state) == (old, None, "", "placed")
