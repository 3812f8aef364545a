"""The trade counter's pages: what is to be paid, the sale, the change, and the takings (SE-06)."""

from decimal import Decimal as D

import pytest
import shop_floor as floor

from orderway.kernel.running import ask
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.parties.commands import LearnKey, TakeOn


@pytest.fixture
def walk_in(shop) -> int:
    id = floor.ok("parties.take_on", shop.manager, TakeOn("Cash customer", "DE", "90000", payment_days=0)).done[0]
    floor.ok("parties.learn", shop.manager, LearnKey(id, "COUNTER", "walk-in"))
    return int(id)


def form(*lines: tuple[str, str], **more: str) -> dict[str, str]:
    fields = {"lines-count": str(len(lines)), **more}
    for n, (item, quantity) in enumerate(lines):
        fields |= {f"lines-{n}-item": item, f"lines-{n}-quantity": quantity}
    return fields


def test_the_sum_is_what_people_pay_with_tax_and_change(walk_in, as_):
    clerk = as_("warehouse")
    told = clerk.post("/counter/total", form(("PAP-A4-80", "3"), ("DESIGN-H", ""), given="110")).content.decode()
    assert "€106.74" in told  # (3 x 4.90 + 75.00) x 1.19
    assert "incl. 19 % VAT €17.04" in told
    assert "Change <b>€3.26</b>" in told
    assert (
        "€6.74 are lacking"
        in clerk.post("/counter/total", form(("PAP-A4-80", "3"), ("DESIGN-H", ""), given="100")).content.decode()
    )


def test_a_sale_ends_with_the_change_and_the_way_to_its_invoice(shop, walk_in, as_):
    clerk = as_("manager")
    answer = clerk.post("/counter", form(("PAP-A4-80", "3"), given="20", method="cash"))
    page = clerk.get(answer["Location"]).content.decode()
    assert "Sold for €17.49." in page
    assert "Given €20.00, change <b>€2.51</b>" in page
    (bill,) = ask("billing.invoices", shop.accountant).rows
    assert f'href="/billing/invoices/{bill.id}"' in page
    assert bill.open == 0


def test_less_than_is_to_be_paid_is_not_taken_and_what_was_typed_stays(shop, walk_in, as_):
    answer = as_("manager").post("/counter", form(("PAP-A4-80", "3"), given="15", method="cash"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "15 is less than what is to be paid." in page
    assert "PAP-A4-80" in page
    assert not ask("orders.list", shop.manager).rows


def test_what_lies_elsewhere_is_not_sold_from_here(shop, walk_in, as_):
    here = str(shop.warehouses["main"])
    answer = as_("manager").post("/counter", form(("ENV-DL", "1"), method="card", **{"from": here}))
    assert "Line 1: only 0 are free here, 1 were wanted." in answer.content.decode()
    there = as_("manager").post(
        "/counter", form(("ENV-DL", "1"), method="card", **{"from": str(shop.warehouses["annex"])})
    )
    assert there.status_code == 302


def test_sending_the_form_twice_sells_once(shop, walk_in, as_):
    clerk = as_("manager")
    once = form(("PAP-A4-80", "1"), method="card", idempotency_key="till-1")
    assert clerk.post("/counter", once)["Location"] == clerk.post("/counter", once)["Location"]
    assert len(ask("orders.list", shop.manager, which="all").rows) == 1


def test_where_nobody_stands_for_walk_in_customers_the_page_leads_to_naming_one(shop, as_):
    boss = as_("manager")
    assert "Say who does" in boss.get("/counter").content.decode()
    refused = boss.post("/counter", form(("PAP-A4-80", "1"), method="cash")).content.decode()
    assert "no customer stands for those without an account" in refused
    assert "no such customer" in boss.post("/counter/customer", {"customer": "nobody"}).content.decode().lower()
    boss.post("/counter/customer", {"customer": "10002"})
    assert boss.post("/counter", form(("PAP-A4-80", "1"), method="cash")).status_code == 302
    (order,) = ask("orders.list", shop.manager, which="all").rows
    assert (order.customer, order.channel) == ("Harrow & Finch Ltd", "counter")


def test_who_does_not_sell_does_not_see_the_counter(walk_in, as_):
    assert as_("planner").get("/counter").status_code == 403
    assert '"/counter"' not in as_("planner").get("/").content.decode()


def test_takings_lead_from_a_day_to_its_payments(walk_in, as_):
    clerk = as_("accountant")
    clerk.post("/counter", form(("PAP-A4-80", "1"), method="cash"))
    clerk.post("/counter", form(("PAP-A4-80", "2"), method="card"))
    days = clerk.get("/billing/takings").content.decode()
    for amount in ("5.83", "11.66", "17.49"):
        assert amount in days
    card = clerk.get("/billing/takings/payments?method=card").content.decode()
    assert "11.66" in card
    assert "5.83" not in card


def test_orders_of_every_channel_are_kept_and_a_filter_away(shop, walk_in, as_):
    clerk = as_("manager")
    clerk.post("/counter", form(("PAP-A4-80", "1"), method="cash"))
    line = PlaceLine(shop.items["PAP-A4-80"], D(2))
    for channel in ("shop", "phone", "mail"):
        floor.ok("orders.place", shop.manager, PlaceOrder(shop.customers["10001"], [line], channel))
    numbers = {row.channel: row.number for row in ask("orders.list", shop.manager, which="all").rows}
    assert set(numbers) == {"shop", "counter", "phone", "mail"}
    for channel, number in numbers.items():
        page = clerk.get(f"/orders?which=all&channel={channel}").content.decode()
        assert [number in page for number in numbers.values()].count(True) == 1
        assert number in page
