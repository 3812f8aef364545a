"""A customer in another member state of the Union pays no German tax, and every bill says what the rules ask for that."""

from datetime import timedelta
from decimal import Decimal as D

import pytest
from steps import Story
from test_einvoice import schematron  # noqa: F401 - a fixture

from orderway.billing.cii import cii
from orderway.billing.commands.prepay import Prepay
from orderway.billing.printing import as_invoice, legal_invoice
from orderway.kernel import clock
from orderway.kernel.access import system_actor
from orderway.kernel.context import Reader
from orderway.kernel.registry import Ref
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.parties.commands import TakeOn

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def story(shop):
    return Story(shop)


@pytest.fixture
def reader(shop):
    return Reader(system_actor(shop.company), clock.now())


@pytest.fixture
def order(shop, story):
    """An order of a customer in Vienna, wanted in three weeks."""
    row = TakeOn(
        "Papierhaus Wien",
        "AT",
        street="Ring 1",
        postcode="1010",
        city="Wien",
        vat_id="ATU12345675",
        email="e@wien.example",
    )
    (customer,) = story.ok("parties.take_on", shop.manager, row).done
    item = story.item("UNION", "12.50", main=10)
    wanted = clock.now().date() + timedelta(21)
    placed = PlaceOrder(customer, [PlaceLine(item, D(4))], requested_on=wanted, their_reference="W-1")
    (order,) = story.ok("orders.place", shop.manager, placed).done
    story.ok("orders.confirm", shop.manager, Ref(order))
    return order


def test_a_prepayment_invoice_names_the_time_in_which_the_goods_are_due(shop, story, reader, order, schematron):  # noqa: F811
    (id,) = story.ok("billing.issue_prepayment", shop.accountant, Prepay(order, D(30))).values["invoices"]
    invoice = as_invoice(reader, id)
    assert {line.tax.category for line in invoice.lines} == {"K"}
    assert invoice.delivered_on is None, "nothing was delivered yet"
    assert invoice.period == (invoice.issued_on, clock.now().date() + timedelta(21))
    assert [rule for rule in schematron(cii(invoice)) if "R008" not in rule] == []
    (paper,) = legal_invoice(reader, id)
    assert paper.content.startswith(b"%PDF")


def test_the_final_invoice_names_the_day_and_the_country_of_delivery(shop, story, reader, order, schematron):  # noqa: F811
    story.ok("orders.allocate", shop.manager, Ref(order))
    story.later()
    (shipment,) = story.shipments(order)
    story.pick_and_send(shipment.id)
    story.ok("billing.issue", shop.accountant, Ref(order))
    (bill,) = story.bills(order)
    invoice = as_invoice(reader, bill.id)
    assert invoice.delivered_on is not None
    assert invoice.period is None
    xml = cii(invoice)
    assert b"<ram:CountryID>AT</ram:CountryID>" in xml
    assert [rule for rule in schematron(xml) if "R008" not in rule] == []
