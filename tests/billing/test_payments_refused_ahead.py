"""Why not?: whether anything can be noted as paid for an invoice, or a prepayment asked for, is told ahead as the acts say (OW-05)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal as D
from typing import Any

import told_ahead

from orderway.billing.commands.pay import Pay
from orderway.billing.commands.prepay import Prepay
from orderway.billing.refusing import InvoiceLeaves, PrepayLeaves, judges, prepay_judges
from orderway.kernel import clock
from orderway.kernel.access import system_actor
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.orders.commands.proceed import HoldOrder
from orderway.parties.commands import ChangeParty


def told(shop: Any, invoice: int, act: str = "pay") -> list[str]:
    """What is told of paying an invoice, held against the smallest payment that fits it (a charge back where all was paid)."""
    head = ask("billing.invoice", shop.accountant, id=invoice)
    cent = D("-0.01") if head.due == head.paid and head.paid else D("0.01")
    neutral = InvoiceLeaves(invoice, "", 0, "", "EUR", "issued", D(1), head.paid)
    tries = {"billing.pay": (shop.accountant, Pay(invoice, cent)), "billing.remind": (shop.accountant, Ref(invoice))}
    return told_ahead.told("billing.why_not", judges, shop.accountant, invoice, tries, neutral)[act]


def designed(shop: Any) -> int:
    """A confirmed order of two hours of design, which may be charged at once."""
    (order,) = run(
        "orders.place",
        shop.manager,
        [PlaceOrder(shop.customers["10001"], [PlaceLine(shop.items["DESIGN-H"], D(2))])],
    ).done
    assert run("orders.confirm", shop.manager, [Ref(order)]).ok
    return int(order)


def told_of_prepaying(shop: Any, order: int) -> list[str]:
    """What is told of asking for a prepayment of half an order."""
    tries = {"billing.issue_prepayment": (shop.accountant, Prepay(order, D(50)))}
    neutral = PrepayLeaves(order, "", "confirmed", False)
    query = "billing.why_no_prepayment"
    return told_ahead.told(query, prepay_judges, shop.accountant, order, tries, neutral)["issue_prepayment"]


def test_a_prepayment_is_asked_for_once_and_of_what_was_confirmed(shop: Any) -> None:
    lines = [PlaceLine(shop.items["DESIGN-H"], D(2))]
    (order,) = run("orders.place", shop.manager, [PlaceOrder(shop.customers["10001"], lines)]).done
    assert told_of_prepaying(shop, order) == ["wrong-state"]
    assert run("orders.confirm", shop.manager, [Ref(order)]).ok
    assert told_of_prepaying(shop, order) == []
    assert run("billing.issue_prepayment", shop.accountant, [Prepay(order, D(50))]).ok
    assert told_of_prepaying(shop, order) == ["prepaid-already"]
    assert run("orders.cancel", shop.manager, [HoldOrder(order, "needs none")]).ok
    assert told_of_prepaying(shop, order) == ["wrong-state"]
    over = designed(shop)
    (invoice,) = run("billing.issue", shop.accountant, [Ref(over)]).values["invoices"]
    due = ask("billing.invoice", shop.accountant, id=invoice).due
    assert run("billing.pay", shop.accountant, [Pay(invoice, due)]).ok
    assert run("orders.complete", system_actor(shop.company), [Ref(over)]).ok
    assert told_of_prepaying(shop, over) == ["wrong-state"]  # there is nothing left to be paid before
    assert ask("billing.why_no_prepayment", shop.stranger, id=order) is None


def test_nothing_is_paid_on_a_draft_and_it_says_so(shop: Any) -> None:
    order = designed(shop)
    assert run("billing.draft", shop.accountant, [Ref(order)]).ok
    (draft,) = fetch("select id from invoice where order_id = %(order)s", {"order": order})
    assert told(shop, draft.id) == ["not-issued"]
    (no,) = run("billing.pay", shop.accountant, [Pay(draft.id, D(1))]).refused
    assert no.facts["number"] == ask("orders.one", shop.manager, id=order).number
    assert run("billing.issue", shop.accountant, [Ref(order)]).ok
    assert told(shop, draft.id) == []
    assert ask("billing.why_not", shop.stranger, id=draft.id) is None


def test_what_was_paid_may_still_be_charged_back(shop: Any) -> None:
    order = designed(shop)
    (invoice,) = run("billing.issue", shop.accountant, [Ref(order)]).values["invoices"]
    due = ask("billing.invoice", shop.accountant, id=invoice).due
    assert run("billing.pay", shop.accountant, [Pay(invoice, due)]).ok
    assert told(shop, invoice) == []


def test_an_invoice_that_its_prepayment_covers_takes_no_payment(shop: Any) -> None:
    order = designed(shop)
    (before,) = run("billing.issue_prepayment", shop.accountant, [Prepay(order, D(100))]).values["invoices"]
    assert told(shop, before) == []
    due = ask("billing.invoice", shop.accountant, id=before).due
    assert run("billing.pay", shop.accountant, [Pay(before, due)]).ok
    (invoice,) = run("billing.issue", system_actor(shop.company), [Ref(order)]).values["invoices"]
    assert ask("billing.invoice", shop.accountant, id=invoice).due == 0
    assert told(shop, invoice) == ["more-than-due"]


def test_whether_a_customer_can_be_reminded_is_told_as_the_act_says(shop: Any) -> None:
    with clock.at(datetime(2026, 3, 2, 9, tzinfo=UTC)):
        over = designed(shop)
        (invoice,) = run("billing.issue", shop.accountant, [Ref(over)]).values["invoices"]
    due = ask("billing.invoice", shop.accountant, id=invoice)

    def said(days: int) -> list[str]:
        with clock.at(datetime(2026, 3, 16, 9, tzinfo=UTC) + timedelta(days=days)):
            return told(shop, invoice, "remind")

    assert (said(0), said(1)) == (["not-overdue"], ["nobody-to-write-to"])
    assert run("parties.change", shop.manager, [ChangeParty(due.customer_id, email="books@example.org")]).ok
    for level in range(3):
        assert said(1 + 8 * level) == []
        with clock.at(datetime(2026, 3, 17, 9, tzinfo=UTC) + timedelta(days=8 * level)):
            assert run("billing.remind", shop.accountant, [Ref(invoice)]).ok
        assert said(2 + 8 * level) == (["reminded-lately"] if level < 2 else ["reminded-often"])
    assert run("billing.pay", shop.accountant, [Pay(invoice, due.due)]).ok
    assert said(40) == ["not-overdue"]
