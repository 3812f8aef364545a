"""Bills go out by themselves: with the paper, once, in the customer's language, under a name that the customer can file."""

from decimal import Decimal as D

import facturx
import pytest
from test_order_mails import customer, outbox, placed

from orderway.billing.commands.credit import CreditReturned
from orderway.billing.commands.prepay import Prepay
from orderway.documents import printing
from orderway.fulfilment.commands.pack import PackShipment
from orderway.fulfilment.commands.pick import PickLine
from orderway.fulfilment.commands.ship import ShipShipment
from orderway.fulfilment.commands.take_back import TakeBack
from orderway.kernel import reacting
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.mail import jobs

pytestmark = pytest.mark.usefixtures("db")


def ok(name, actor, *rows):
    outcome = run(name, actor, rows)
    assert outcome.ok, outcome.refused
    reacting.drain()
    return outcome


def delivered(shop, language="de"):
    order = placed(shop, customer(shop, language))
    ok("orders.confirm", shop.manager, Ref(order))
    ok("orders.allocate", shop.manager, Ref(order))
    for shipment in ask("fulfilment.shipments", shop.warehouse, order=order).rows:
        lines = ask("fulfilment.lines", shop.warehouse, id=shipment.id)
        ok("fulfilment.pick", shop.warehouse, *[PickLine(line.id, line.quantity) for line in lines])
        ok("fulfilment.pack", shop.warehouse, PackShipment(shipment.id))
        ok("fulfilment.ship", shop.warehouse, ShipShipment(shipment.id))
    return order


def printed(shop, invoice):
    """What the paper job does when it is its turn."""
    printing.file(shop.company, "invoice", invoice)
    reacting.drain()


def bills(shop, order):
    return [
        mail
        for mail in outbox(shop, order)
        if mail.subject.split()[0] in ("Rechnung", "Rechnungskorrektur", "Invoice", "Vorauszahlungsrechnung")
    ]


def test_an_invoice_is_mailed_with_its_paper_once(shop, postbox):
    order = delivered(shop)
    (invoice,) = ok("billing.issue", shop.accountant, Ref(order)).values["invoices"]
    assert not bills(shop, order), "not before the paper is there"
    printed(shop, invoice)
    printed(shop, invoice)
    (mail,) = bills(shop, order)
    number = ask("billing.invoice", shop.accountant, id=invoice).number
    assert mail.subject == f"Rechnung {number} zu Ihrer Bestellung B-77"
    assert "Rechnungsbetrag: 6.426,00 EUR" in mail.text  # 1,200 × 4.50 and 19 %
    assert "Zahlbar bis" in mail.text
    jobs.send(shop.company, mail.id)
    (letter,) = postbox.letters()
    (paper,) = letter.iter_attachments()
    assert paper.get_filename() == f"Rechnung {number}.pdf"
    name, _xml = facturx.get_xml_from_pdf(paper.get_content(), check_xsd=False)
    assert name == "factur-x.xml"


def test_an_english_customer_gets_an_invoice_with_an_english_name(shop):
    order = delivered(shop, "en")
    (invoice,) = ok("billing.issue", shop.accountant, Ref(order)).values["invoices"]
    printed(shop, invoice)
    (mail,) = bills(shop, order)
    assert mail.subject.startswith("Invoice ")
    parcel = ask("orders.one", shop.manager, id=order).parcel_id
    names = [row.name for row in ask("documents.in_parcel", shop.manager, id=parcel)]
    assert f"Invoice {ask('billing.invoice', shop.accountant, id=invoice).number}.pdf" in names


def test_a_credit_note_says_what_it_corrects(shop):
    order = delivered(shop)
    (invoice,) = ok("billing.issue", shop.accountant, Ref(order)).values["invoices"]
    (line,) = ask("orders.lines", shop.manager, id=order)
    ok("fulfilment.take_back", shop.warehouse, TakeBack(order, shop.warehouses["main"], [(line.id, D(200))], "damaged"))
    (credit,) = ok("billing.credit_returned", shop.accountant, CreditReturned(order, "damaged")).values["invoices"]
    printed(shop, credit)
    (mail,) = bills(shop, order)
    number = ask("billing.invoice", shop.accountant, id=invoice).number
    assert mail.subject.endswith(f"zur Rechnung {number}")
    assert "Gutgeschrieben: 1.071,00 EUR" in mail.text


def test_a_prepayment_invoice_asks_for_its_part(shop):
    order = placed(shop, customer(shop))
    ok("orders.confirm", shop.manager, Ref(order))
    (invoice,) = ok("billing.issue_prepayment", shop.accountant, Prepay(order, D(30))).values["invoices"]
    printed(shop, invoice)
    (mail,) = bills(shop, order)
    assert mail.subject.startswith("Vorauszahlungsrechnung V")
    assert "1.927,80 EUR" in mail.text


def test_who_has_no_mail_address_gets_the_paper_by_other_ways(shop):
    order = placed(shop, shop.customers["10001"])
    ok("orders.confirm", shop.manager, Ref(order))
    (invoice,) = ok("billing.issue_prepayment", shop.accountant, Prepay(order, D(30))).values["invoices"]
    printed(shop, invoice)
    assert outbox(shop, order) == []
