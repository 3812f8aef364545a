"""What a customer is written: the receipt, the confirmation with its paper, the goods on their way."""

from datetime import date
from decimal import Decimal as D

import pytest

from orderway.documents.printing import FilePaper
from orderway.documents.store import store
from orderway.fulfilment.commands.pack import PackShipment
from orderway.fulfilment.commands.pick import PickLine
from orderway.fulfilment.commands.ship import ShipShipment
from orderway.fulfilment.mails import tracking_link
from orderway.kernel import reacting
from orderway.kernel.access import system_actor
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.mail import jobs
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.orders.status import status_link
from orderway.parties.commands import TakeOn

pytestmark = pytest.mark.usefixtures("db")


def customer(shop, language="de", email="einkauf@bergmann.example"):
    row = TakeOn("Bergmann & Söhne", "DE", email=email, language=language, street="Am Markt 1", city="Weismain")
    return run("parties.take_on", shop.manager, [row]).done[0]


def placed(shop, who, *lines):
    rows = [PlaceLine(shop.items[n], D(q)) for n, q in lines or (("PAP-A4-80", "1200"),)]
    order = PlaceOrder(who, rows, their_reference="B-77", ordered_on=date(2026, 3, 9))
    (id,) = run("orders.place", shop.manager, [order]).done
    reacting.drain()
    return id


def outbox(shop, order):
    rows = ask("mail.list", shop.manager, direction="out", subject_id=order, sort="oldest").rows
    return [ask("mail.one", shop.manager, id=row.id) for row in reversed(rows)]


def test_the_receipt_names_number_and_items_in_the_customers_language(shop, postbox):
    order = placed(shop, customer(shop))
    number = ask("orders.one", shop.manager, id=order).number
    (receipt,) = outbox(shop, order)
    jobs.send(shop.company, receipt.id)
    (letter,) = postbox.letters()
    assert letter["To"] == "einkauf@bergmann.example"
    assert letter["Subject"] == f"Ihre Bestellung B-77 ist eingegangen (unsere Nummer {number})"
    text = letter.get_body().get_content()
    assert "1.200 x PAP-A4-80 Copy paper A4 80 g, 500 sheets: 5.400,00 EUR" in text
    assert "vom 9. März 2026" in text
    assert "keine Annahme" in text
    assert status_link(shop.company, order) in text.splitlines()


def test_an_english_customer_reads_english(shop):
    (receipt,) = outbox(shop, placed(shop, customer(shop, "en")))
    assert receipt.subject.startswith("We have your order B-77 (our number ")
    assert "1,200 x PAP-A4-80 Copy paper A4 80 g, 500 sheets: 5,400.00 EUR" in receipt.text


def test_one_receipt_an_order_however_often_it_is_asked_for(shop):
    who = customer(shop)
    first, second = placed(shop, who), placed(shop, who)
    again = run("orders.send_receipts", system_actor(shop.company), [Ref(first), Ref(second), Ref(first)])
    assert not again.refused
    assert [len(outbox(shop, order)) for order in (first, second)] == [1, 1]


def test_two_hundred_orders_get_each_their_own_receipt(shop):
    """CF-13: nobody reads of another's order."""
    who = [customer(shop, email=f"c{i}@many.example") for i in range(4)]
    rows = [
        PlaceOrder(who[i % 4], [PlaceLine(shop.items["ENV-DL"], D(i + 1))], their_reference=f"M-{i}")
        for i in range(200)
    ]
    orders = run("orders.place", shop.manager, rows).done
    reacting.drain()
    for i, order in enumerate(orders):
        (receipt,) = outbox(shop, order)
        assert receipt.recipients == [f"c{i % 4}@many.example"]
        assert f"Bestellung M-{i} ist" in receipt.subject
        assert f" {i + 1} x ENV-DL" in receipt.text


def test_who_has_no_mail_address_gets_none_and_nothing_breaks(shop):
    assert outbox(shop, placed(shop, shop.customers["10001"])) == []
    assert fetch("select 1 from desk_exception where command = 'orders.send_receipts'", {}) == []


def test_the_confirmation_goes_out_with_its_paper_once_a_version(shop, postbox):
    order = placed(shop, customer(shop))
    head = ask("orders.one", shop.manager, id=order)

    def file(content):
        digest = store().keep(shop.company, content).sha256
        paper = FilePaper(head.parcel_id, "order_confirmation", f"{head.number}.pdf", digest, "order", order)
        run("documents.file_papers", system_actor(shop.company), [paper])
        reacting.drain()

    file(b"%PDF-1.7 first")
    file(b"%PDF-1.7 first")
    _, confirmation = outbox(shop, order)
    assert confirmation.subject == f"Auftragsbestätigung {head.number} zu Ihrer Bestellung B-77"
    file(b"%PDF-1.7 second")
    jobs.send(shop.company, confirmation.id)
    (letter,) = postbox.letters()
    (paper,) = letter.iter_attachments()
    assert paper.get_content() == b"%PDF-1.7 first"
    assert len(outbox(shop, order)) == 3


def test_the_goods_are_on_their_way_with_a_link_to_follow_them(shop):
    order = placed(shop, customer(shop), ("PAP-A4-80", "3"))
    shipment = shipped(shop, order)
    mails = [mail for mail in outbox(shop, order) if "unterwegs" in mail.subject]
    assert len(mails) == 1
    assert "3 x PAP-A4-80" in mails[0].text
    assert "Sendungsnummer: 00340434161094015902" in mails[0].text
    assert "piececode=00340434161094015902" in mails[0].text
    assert shipment.number in mails[0].subject
    assert all(status_link(shop.company, order) in mail.text for mail in outbox(shop, order))
    run("fulfilment.send_shipping_mails", system_actor(shop.company), [Ref(shipment.id)])  # asked for once more
    assert len([mail for mail in outbox(shop, order) if "unterwegs" in mail.subject]) == 1


def shipped(shop, order):
    run("orders.confirm", shop.manager, [Ref(order)])
    run("orders.allocate", shop.manager, [Ref(order)])
    reacting.drain()
    (shipment,) = ask("fulfilment.shipments", shop.warehouse, order=order).rows
    lines = ask("fulfilment.lines", shop.warehouse, id=shipment.id)
    run("fulfilment.pick", shop.warehouse, [PickLine(line.id, line.quantity) for line in lines])
    run("fulfilment.pack", shop.warehouse, [PackShipment(shipment.id)])
    run("fulfilment.ship", shop.warehouse, [ShipShipment(shipment.id, "DHL", "00340434161094015902")])
    reacting.drain()
    return ask("fulfilment.shipment", shop.warehouse, id=shipment.id)


@pytest.mark.parametrize(
    ("carrier", "tracking", "link"),
    [
        ("UPS", "1Z 99", "https://www.ups.com/track?tracknum=1Z%2099"),
        ("Own van", "7", ""),
        ("DHL Paket", "", ""),
        ("any", "https://track.example/7", "https://track.example/7"),
    ],
)
def test_where_goods_are_followed(carrier, tracking, link):
    assert tracking_link(carrier, tracking) == link
