"""At the trade counter: goods, money and invoice change hands in one act (SE-06, SP-01, GD-01)."""

from decimal import Decimal as D
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderway.billing.commands.sell import Sell
from orderway.billing.printing import as_invoice
from orderway.fulfilment.printing import delivery_note, packing_lists, pick_list
from orderway.kernel import clock, reacting
from orderway.kernel.access import system_actor
from orderway.kernel.checking import differences
from orderway.kernel.context import Reader
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.orders.commands.place import PlaceLine
from orderway.orders.printing import confirmation
from orderway.parties.commands import LearnKey, TakeOn


def _walk_in(shop: Any) -> int:
    (id,) = run("parties.take_on", shop.manager, [TakeOn("Laufkundschaft", "DE", payment_days=0)]).done
    assert run("parties.learn", shop.manager, [LearnKey(id, "COUNTER", "walk-in")]).ok
    return int(id)


def _free(shop: Any, item: str) -> D:
    rows = ask("stock.levels", shop.warehouse, item=shop.items[item]).rows
    return sum((row.on_hand - row.reserved for row in rows), D(0))


def test_goods_money_and_invoice_change_hands_in_one_act(shop: Any) -> None:
    walk_in, before = _walk_in(shop), _free(shop, "PAP-A4-80")
    lines = [PlaceLine(shop.items["PAP-A4-80"], D(3)), PlaceLine(shop.items["DESIGN-H"], D(1))]
    outcome = run("billing.sell", shop.warehouse, [Sell(lines, "cash")])
    assert outcome.ok, outcome.refused
    (order,) = outcome.done
    (invoice,) = outcome.values["invoices"]
    head, bill = ask("orders.one", shop.manager, id=order), ask("billing.invoice", shop.accountant, id=invoice)
    assert (head.state, head.channel, head.customer_id) == ("completed", "counter", walk_in)
    assert _free(shop, "PAP-A4-80") == before - 3
    assert bill.net == D("89.70")  # 3 x 4.90 + 75.00
    assert (bill.due, bill.paid) == (D("106.74"), D("106.74"))
    assert outcome.values["due"] == [D("106.74")]
    (payment,) = ask("billing.payments", shop.accountant, id=invoice)
    assert (payment.method, payment.amount) == ("cash", D("106.74"))
    reacting.drain()
    assert not differences()


def test_the_invoice_says_that_it_was_paid_in_cash_and_asks_for_nothing(shop: Any) -> None:
    _walk_in(shop)
    sold = run("billing.sell", shop.manager, [Sell([PlaceLine(shop.items["PAP-A4-80"], D(2))], "cash")])
    invoice = as_invoice(Reader(shop.accountant, clock.now()), sold.values["invoices"][0])
    assert invoice.tender is not None
    assert (invoice.tender.code, invoice.tender.amount) == ("10", D("11.66"))
    assert (invoice.account, invoice.due_on, invoice.totals.due) == (None, None, D("0.00"))


def test_nobody_is_written_to_about_what_they_took_along(shop: Any) -> None:
    (known,) = run("parties.take_on", shop.manager, [TakeOn("Elektro Vogel", "DE", email="vogel@example.org")]).done
    sale = Sell([PlaceLine(shop.items["PAP-A4-80"], D(2))], "card", known)
    assert run("billing.sell", shop.manager, [sale]).ok
    reacting.drain()
    assert not fetch("select subject from message where subject_type = 'order'", {})
    assert not fetch("select id from process_instance where subject_type = 'order'", {})


def test_the_papers_of_a_sale_are_the_invoice_and_the_delivery_note(shop: Any) -> None:
    _walk_in(shop)
    (order,) = run("billing.sell", shop.manager, [Sell([PlaceLine(shop.items["PAP-A4-80"], D(2))], "cash")]).done
    (shipment,) = fetch("select id from shipment where order_id = %(id)s", {"id": order})
    reader = Reader(system_actor(shop.company), clock.now())
    printed = [make(reader, shipment.id) for make in (pick_list, packing_lists, delivery_note)]
    assert [len(papers) for papers in printed] == [0, 0, 1]
    assert not confirmation(reader, order)


def test_what_is_not_there_is_not_sold_and_nothing_is_written(shop: Any) -> None:
    _walk_in(shop)
    lines = [PlaceLine(shop.items["DESIGN-H"], D(1)), PlaceLine(shop.items["PAP-LX-120"], D(51))]
    before = fetch("select count(*) as n from event", {})[0].n
    (refused,) = run("billing.sell", shop.manager, [Sell(lines, "cash")]).refused
    assert (refused.code, refused.subject) == ("not-in-stock", 0)
    assert dict(refused.facts) == {"position": 2, "free": D(50), "wanted": D(51)}
    assert fetch("select count(*) as n from event", {})[0].n == before


def test_of_many_sales_those_that_cannot_be_are_left_out(shop: Any) -> None:
    _walk_in(shop)
    paper = shop.items["PAP-LX-120"]
    sales = [
        Sell([PlaceLine(paper, D(60))], "cash"),
        Sell([PlaceLine(paper, D(30))], "shells"),
        Sell([PlaceLine(paper, D(30))], "card"),
        Sell([PlaceLine(paper, D(30))], "cash"),
        Sell([PlaceLine(paper, D(20)), PlaceLine(shop.items["LETTER-A4"], D(1))], "cash"),
        Sell([PlaceLine(paper, D(0))], "cash"),
        Sell([PlaceLine(paper, D(20))], "cash"),
    ]
    outcome = run("billing.sell", shop.manager, sales, partial=True)
    told = {refusal.subject: refusal.code for refusal in outcome.refused}
    assert told == {
        0: "not-in-stock",
        1: "unknown-method",
        3: "not-in-stock",
        4: "not-in-stock",
        5: "quantity-not-positive",
    }
    assert len(outcome.done) == 2
    assert _free(shop, "PAP-LX-120") == 0


def test_without_a_customer_for_those_who_walk_in_one_must_be_named(shop: Any) -> None:
    sale = Sell([PlaceLine(shop.items["PAP-A4-80"], D(2))], "cash")
    assert [no.code for no in run("billing.sell", shop.manager, [sale]).refused] == ["no-walk-in"]
    assert run("billing.sell", shop.manager, [Sell(sale.lines, "cash", shop.customers["10001"])]).ok


def test_who_must_prepay_pays_now_and_needs_no_prepayment(shop: Any) -> None:
    (known,) = run("parties.take_on", shop.manager, [TakeOn("Neu GmbH", "DE", prepay_percent=D(50))]).done
    outcome = run("billing.sell", shop.manager, [Sell([PlaceLine(shop.items["PAP-A4-80"], D(2))], "card", known)])
    assert outcome.ok, outcome.refused
    assert ask("orders.one", shop.manager, id=outcome.done[0]).state == "completed"


sales = st.lists(
    st.tuples(st.sampled_from(["cash", "card"]), st.integers(1, 5), st.sampled_from(["PAP-A4-80", "DESIGN-H"])),
    min_size=1,
    max_size=8,
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sales)
def test_the_days_takings_are_those_of_the_journal(shop: Any, sold: list[tuple[str, int, str]]) -> None:
    walk_in = shop.customers["10001"]
    rows = [Sell([PlaceLine(shop.items[item], D(n))], method, walk_in) for method, n, item in sold]
    assert run("billing.sell", shop.manager, rows).ok
    (day,) = ask("billing.takings", shop.accountant).rows
    journal = {"cash": D(0), "card": D(0)}
    for event in fetch("select data from event where name = 'payment.noted'", {}):
        (change,) = event.data["changes"]
        journal[change["new"]["method"]] += D(str(change["new"]["amount"]))
    assert {"cash": day.cash, "card": day.card} == journal
    book = ask("billing.cash_book", shop.accountant, since=day.day, until=day.day, size=200).rows
    assert sum(row.amount for row in book) == day.cash + day.card
    assert len(book) == day.payments
