"""Accounting bills what was delivered, watches what is open and notes what comes in."""

from datetime import UTC, datetime
from decimal import Decimal as D

import pytest
import shop_floor as floor

from orderway.fulfilment.commands.take_back import TakeBack
from orderway.kernel import clock
from orderway.kernel.access import ROLES
from orderway.kernel.running import ask
from orderway.parties.commands import ChangeParty

BOOKS = ("accountant", "administrator")


def text(answer):
    return answer.content.decode()


@pytest.mark.parametrize("role", ROLES)
def test_every_role_reads_and_only_accounting_writes(role, shop, as_):
    id = floor.invoice(shop)
    order = ask("billing.invoice", shop.accountant, id=id).order_id
    browser = as_(role)
    pages = [
        "/billing",
        "/billing/invoices",
        "/billing/invoices?open=true&kind=invoice&sort=-open&q=26",
        "/billing/open-items",
    ]
    for page in [*pages, f"/billing/invoices/{id}"]:
        assert browser.get(page).status_code == 200, page
    for page in (f"/billing/invoices/{id}/pay", f"/orders/{order}/credit", f"/orders/{order}/prepay"):
        assert browser.get(page).status_code == (200 if role in BOOKS else 403), page


def test_another_company_has_no_such_invoice(shop, as_):
    id = floor.invoice(shop)
    stranger = as_(shop.stranger)
    number = ask("billing.invoice", shop.accountant, id=id).number
    assert stranger.get(f"/billing/invoices/{id}").status_code == 404
    assert number not in text(stranger.get("/billing/invoices"))


def test_invoices_are_issued_in_bulk_after_a_dry_run(shop, as_):
    orders = [floor.head(shop, floor.delivered(shop)).order_id for _ in range(2)]
    browser = as_("accountant")
    assert ask("billing.to_invoice", shop.accountant).count == 2
    dry = text(browser.post("/billing/issue", {"id": orders, "dry": "1"}))
    assert "2 would be done" in dry
    assert ask("billing.invoices", shop.accountant).count == 0, "a dry run issues nothing"
    form = {"id": orders, "idempotency_key": "once"}
    browser.post("/billing/issue", form)
    browser.post("/billing/issue", form)
    numbers = sorted(row.number for row in ask("billing.invoices", shop.accountant).rows)
    assert len(numbers) == 2
    assert int(numbers[1][-5:]) == int(numbers[0][-5:]) + 1


def test_the_invoice_page_adds_up_to_the_cent(shop, as_):
    id = floor.invoice(shop)
    head = ask("billing.invoice", shop.accountant, id=id)
    page = text(as_("accountant").get(f"/billing/invoices/{id}"))
    # 10 reams at 4.90 and 2 packs at 118.00, 19 % tax: by hand
    assert (head.net, head.tax, head.gross) == (D("285"), D("54.15"), D("339.15"))
    for amount in ("49.00", "236.00", "285.00", "54.15", "339.15"):
        assert amount in page


def test_a_payment_is_noted_as_typed_and_more_than_due_is_refused(shop, as_):
    id = floor.invoice(shop)
    browser = as_("accountant", "de")
    form = {"amount": "1.000,00", "method": "transfer", "reference": "Kto 7", "received_on": "2026-03-02"}
    assert "note late" in text(browser.post(f"/billing/invoices/{id}/pay", form))
    assert browser.post(f"/billing/invoices/{id}/pay", form | {"amount": "39,15"}).status_code == 302
    (payment,) = ask("billing.payments", shop.accountant, id=id)
    assert (str(payment.amount), payment.reference, str(payment.received_on)) == ("39.150", "Kto 7", "2026-03-02")
    assert "Kto 7" in text(browser.get(f"/billing/invoices/{id}"))
    assert "note late" in text(browser.post(f"/billing/invoices/{id}/pay", {"amount": "ten"}))


def test_what_came_back_is_credited_and_names_its_invoice(shop, as_):
    id = floor.invoice(shop)
    order = ask("billing.invoice", shop.accountant, id=id).order_id
    line = next(row for row in ask("orders.lines", shop.manager, id=order) if row.delivered == 10)
    floor.ok(
        "fulfilment.take_back", shop.warehouse, TakeBack(order, shop.warehouses["main"], [(line.id, 2)], "damaged")
    )
    browser = as_("accountant")
    answer = browser.post(f"/orders/{order}/credit", {"reason": "damaged"}, follow=True)
    number = ask("billing.invoice", shop.accountant, id=id).number
    assert "Credit note" in text(answer)
    assert number[-5:] in text(answer)
    again = text(browser.post(f"/orders/{order}/credit", {"reason": "again"}))
    assert "nothing that was invoiced came back. Take the goods back first" in again


def test_a_prepayment_is_asked_for_once(shop, as_, confirmed):
    browser = as_("accountant")
    assert "note late" in text(browser.post(f"/orders/{confirmed}/prepay", {"percent": "-5"}))
    assert "Not now:" not in text(browser.get(f"/orders/{confirmed}/prepay"))
    answer = browser.post(f"/orders/{confirmed}/prepay", {"percent": "30"}, follow=True)
    assert "Prepayment invoice" in text(answer)
    again = text(browser.post(f"/orders/{confirmed}/prepay", {"percent": "30"}))
    assert "Not now:" in again
    assert "has a prepayment invoice already." in again
    assert len(ask("billing.invoices", shop.accountant, order=confirmed, kind="prepayment").rows) == 1


def test_open_items_by_age_equal_the_open_sums(shop, as_):
    floor.invoice(shop)
    open_sum = sum(row.open for row in ask("billing.invoices", shop.accountant, open=True).rows)
    assert f"{open_sum:.2f}" in text(as_("accountant").get("/billing/open-items"))


def test_overdue_invoices_are_reminded_in_bulk_after_a_dry_run_and_one_by_one(shop, as_):
    with clock.at(datetime(2026, 3, 2, 9, tzinfo=UTC)):
        ids = [floor.invoice(shop) for _ in range(2)]
    customer = ask("billing.invoice", shop.accountant, id=ids[0]).customer_id
    browser = as_("accountant")
    page = text(browser.get(f"/billing/invoices/{ids[0]}"))
    assert f'action="/billing/invoices/{ids[0]}/remind"' not in page, "nobody to write to"
    floor.ok("parties.change", shop.manager, ChangeParty(customer, email="books@example.org"))
    assert f'/billing/invoices/{ids[0]}/remind"' in text(browser.get(f"/billing/invoices/{ids[0]}"))
    assert "2 would be done" in text(browser.post("/billing/remind", {"id": ids, "dry": "1"}))
    browser.post("/billing/remind", {"id": ids, "idempotency_key": "once"})
    browser.post("/billing/remind", {"id": ids, "idempotency_key": "once"})
    assert [row.reminded for row in ask("billing.invoices", shop.accountant).rows] == [1, 1]
    assert "once, " in text(browser.get("/billing/invoices?overdue=true"))
    again = text(browser.post(f"/billing/invoices/{ids[0]}/remind", follow=True))
    assert "less than 7 days ago" in again
    assert "/billing/remind" not in text(as_("manager").get("/billing/invoices?overdue=true"))
