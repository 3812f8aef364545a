"""What the pages' forms do: they do what they say, once, and say what stands in the way."""

import json
import re
from decimal import Decimal as D
from typing import Any

import pytest

from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.orders.models import SalesOrder
from orderway.stock.commands import Move


def state(order: int) -> str:
    return SalesOrder.objects.get(pk=order).state


def said(browser: Any, url: str) -> str:
    """The toasts of a page, without their buttons."""
    page = browser.get(url).content.decode()
    toasts = page[page.index('id="toasts"') : page.index('id="toast-mould"')]
    return " | ".join(re.findall(r"<span>(.*?)</span>", toasts))


def lines(*typed: tuple[str, str], **more: str) -> dict[str, str]:
    """A posted new order with (item, quantity) lines."""
    given = {"customer": "10001 Kanzlei Bergmann Roth", "lines-count": str(len(typed)), "channel": "phone"}
    for n, (item, quantity) in enumerate(typed):
        given |= {f"lines-{n}-item": item, f"lines-{n}-quantity": quantity}
    return {**given, **more}


# one order


def test_confirming_says_what_cannot_be_taken_back_and_then_does_it(as_, order):
    browser = as_("manager")
    assert b"bind us" in browser.get(f"/orders/{order}/confirm").content
    assert state(order) == "placed"
    assert browser.post(f"/orders/{order}/confirm", {"idempotency_key": "k1"}).status_code == 302
    assert state(order) == "confirmed"
    assert said(browser, f"/orders/{order}") == "1 order confirmed"


def test_holding_needs_a_reason_and_can_be_undone(as_, order):
    browser = as_("manager")
    browser.post(f"/orders/{order}/hold", {"reason": "  "})
    assert state(order) == "placed"
    assert said(browser, f"/orders/{order}") == "Say why."
    browser.post(f"/orders/{order}/hold", {"reason": "Proof is missing"})
    assert state(order) == "held"
    page = browser.get(f"/orders/{order}").content.decode()
    assert "Proof is missing" in page
    token = re.search(r'class="undo" name="token" value="(\d+)"', page)
    answer = browser.post("/undo", {"token": token[1]})
    assert answer.json() == {"text": "Undone"}
    assert state(order) == "placed"


def test_undo_is_refused_when_somebody_went_on_meanwhile(shop, as_, order):
    browser = as_("manager")
    browser.post(f"/orders/{order}/hold", {"reason": "x"})
    token = re.search(r'name="token" value="(\d+)"', browser.get(f"/orders/{order}").content.decode())[1]
    run("orders.resume", shop.administrator, [Ref(order)])
    answer = browser.post("/undo", {"token": token})
    assert answer.status_code == 409
    assert "changed since" in answer.json()["text"]
    assert state(order) == "placed"


def test_a_double_click_is_one_act(as_):
    browser = as_("manager")
    before = SalesOrder.objects.count()
    form = lines(("PAP-A4-80", "5"), idempotency_key="double")
    first = browser.post("/orders/new", form)
    second = browser.post("/orders/new", form)
    assert first["Location"] == second["Location"]
    assert SalesOrder.objects.count() == before + 1


def test_the_key_of_a_page_serves_each_of_its_forms(as_, order):
    browser = as_("manager")
    browser.post(f"/orders/{order}/confirm", {"idempotency_key": "page"})
    browser.post(f"/orders/{order}/hold", {"idempotency_key": "page", "reason": "wait"})
    assert state(order) == "held"


def test_an_order_shows_its_lines_sums_and_what_happened(as_, confirmed):
    page = as_("accountant").get(f"/orders/{confirmed}").content.decode()
    # 10 x 4.90 + 75.00 = 124.00; 19 % of it is 23.56
    for text in ("124.00", "23.56", "147.56", "B-77", "Ring twice", "Order confirmed", "Manager of Kessler"):
        assert text in page, text


def test_the_stock_fact_follows_the_goods(shop, as_, confirmed):
    browser = as_("manager")
    assert "0 of 1 lines reserved" in browser.get(f"/orders/{confirmed}").content.decode()
    browser.post(f"/orders/{confirmed}/allocate")
    page = browser.get(f"/orders/{confirmed}").content.decode()
    assert "All reserved" in page
    assert "1 of 1 lines reserved" in page


# many orders


def test_many_are_tried_first_and_only_then_done(shop, as_, order):
    browser = as_("manager")
    other = run(
        "orders.place", shop.manager, [PlaceOrder(shop.customers["10002"], [PlaceLine(shop.items["ENV-DL"], D(1))])]
    ).done[0]
    run("orders.cancel", shop.manager, [type("Row", (), {"id": other, "reason": "x"})])
    tried = browser.post("/orders/do/confirm", {"dry": "1", "id": [order, other], "view": "late=1"}).content.decode()
    assert "1 would be done" in tried
    assert "1 refused" in tried
    assert "Cancelled; this is not possible now" in tried
    assert state(order) == "placed"
    answer = browser.post("/orders/do/confirm", {"id": [order, other], "next": "/orders?late=1"})
    assert answer["Location"] == "/orders?late=1"
    assert state(order) == "confirmed"
    assert said(browser, "/orders").startswith("1 order confirmed, 1 refused")


def test_the_whole_view_is_taken_when_asked_for(shop, as_):
    row = PlaceOrder(shop.customers["10002"], [PlaceLine(shop.items["ENV-DL"], D(1))], channel="fax")
    ids = run("orders.place", shop.manager, [row] * 260).done
    form = {"whole_view": "1", "view": "channel=fax", "id": [ids[0]], "reason": "all of them"}
    as_("manager").post("/orders/do/hold", form)
    assert SalesOrder.objects.filter(pk__in=ids, state="held").count() == 260


def test_nobody_is_sent_to_another_site(as_, order):
    browser = as_("manager")
    for place in ("https://evil.example/", "//evil.example/", "/\\evil.example"):
        assert browser.post("/orders/do/confirm", {"id": [order], "next": place})["Location"] == "/orders"


# lists


def test_the_views_of_the_list_hold_what_they_say(shop, as_, order):
    browser = as_("manager")
    run("orders.hold", shop.manager, [type("Row", (), {"id": order, "reason": "x"})])
    number = SalesOrder.objects.get(pk=order).number
    holds = {
        "": True,
        "state=held": True,
        "state=placed": False,
        "mine=1": True,
        "which=archived": False,
        "q=B-77": True,
    }
    for view, wanted in {**holds, "q=nothing": False, "customer=0": False, "late=1": False}.items():
        page = browser.get(f"/orders?{view}").content.decode()
        assert (f'id="open-{order}"' in page) == wanted, view
    assert number.rsplit("-")[1] in browser.get("/orders").content.decode()


def test_pages_of_a_list_hold_every_row_once(shop, as_):
    row = PlaceOrder(shop.customers["10002"], [PlaceLine(shop.items["ENV-DL"], D(1))])
    ids = set(run("orders.place", shop.manager, [row] * 120).done)
    browser = as_("manager")
    seen: list[int] = []
    url = "/orders?sort=number&size=50"
    while url:
        page = browser.get(url).content.decode()
        seen += [int(id) for id in re.findall(r'id="open-(\d+)"', page)]
        following = re.search(r'href="(\?[^"]*)" rel="next"', page)
        url = "/orders" + following[1].replace("&amp;", "&") if following else ""
    assert ids <= set(seen)
    assert len(seen) == len(set(seen))
    assert "120 orders in this view" in page


def test_an_empty_list_says_what_belongs_there(as_, shop):
    assert "No active orders." in as_(shop.stranger).get("/orders").content.decode()
    assert "No order fits these filters." in as_("manager").get("/orders?q=zzzz").content.decode()


# a new order


def test_lines_are_named_and_priced_as_they_are_typed(as_):
    typed = [
        {"n": 0, "item": "pap-a4-80", "quantity": "100", "price": "", "note": ""},
        {"n": 1, "item": "PAP-A4-80", "quantity": "2", "price": "9.99", "note": ""},
        {"n": 2, "item": "NONE", "quantity": "1", "price": "", "note": ""},
        {"n": 3, "item": "DESIGN-H", "quantity": "many", "price": "", "note": ""},
    ]
    body = json.dumps({"customer": "10001 Kanzlei Bergmann Roth", "lines": typed})
    answer = as_("manager").post("/orders/new/check", body, content_type="application/json").json()
    assert answer[0] == {
        "n": 0,
        "name": "Copy paper A4 80 g, 500 sheets",
        "price": "4.50",
        "amount": "€450.00",
        "promise": "in stock",
    }
    assert answer[1]["amount"] == "€19.98"
    assert answer[2] == {"n": 2, "problem": "No item has this number."}
    assert answer[3] == {"n": 3, "problem": "“many” is not a quantity."}


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", '{"lines": [{}]}', '{"lines": 5}', "nonsense", '{"lines": [{"n": "x"}]}']
)
def test_a_broken_question_gets_no_500(as_, body):
    assert as_("manager").post("/orders/new/check", body, content_type="application/json").status_code == 400


def test_an_order_is_placed_from_a_form(as_):
    form = lines(("PAP-A4-80", "10"), ("DESIGN-H", "1"), their_reference="R 5", requested_on="2030-01-31")
    form |= {"lines-0-price": "4.00", "lines-1-note": "Logo"}
    where = as_("manager").post("/orders/new", form)["Location"]
    order = SalesOrder.objects.get(pk=int(where.rsplit("/")[-1]))
    assert (order.net, order.their_reference, str(order.requested_on), order.state) == (
        D("115.000"),
        "R 5",
        "2030-01-31",
        "placed",
    )
    assert [line.description for line in order.orderline_set.order_by("position")][1] == "Logo"


def test_a_thousand_lines_are_one_order(as_):
    form = lines(*[("PAP-A4-80", str(1 + n % 7)) for n in range(1000)])
    where = as_("manager").post("/orders/new", form)["Location"]
    assert SalesOrder.objects.get(pk=int(where.rsplit("/")[-1])).orderline_set.count() == 1000


def test_what_was_typed_stays_when_a_line_is_wrong(as_):
    before = SalesOrder.objects.count()
    answer = as_("manager").post("/orders/new", lines(("PAP-A4-80", "10"), ("NONE", "1"), their_reference="keep me"))
    assert answer.status_code == 422
    page = answer.content.decode()
    for text in ("Line 2: No item has this number.", "keep me", "PAP-A4-80", "Everything you typed is still here."):
        assert text in page, text
    assert SalesOrder.objects.count() == before


@pytest.mark.parametrize("customer", ["", "Nobody", "10001x", "%", "Kessler"])
def test_an_unknown_customer_is_refused(as_, customer):
    answer = as_("manager").post("/orders/new", lines(("PAP-A4-80", "1"), customer=customer))
    assert answer.status_code == 422
    assert "There is no such customer" in answer.content.decode()


def test_an_order_without_lines_is_refused(as_):
    assert "at least one line" in as_("manager").post("/orders/new", lines()).content.decode()


def test_an_earlier_order_is_a_template_without_its_price(shop, as_, order):
    page = as_("manager").get(f"/orders/new?copy={order}").content.decode()
    given = json.loads(re.search(r'data-lines="([^"]*)"', page)[1].replace("&quot;", '"').replace("\\u002D", "-"))
    assert [(one["item"], one["quantity"], one["price"]) for one in given] == [
        ("PAP-A4-80", "10", ""),
        ("DESIGN-H", "1", ""),
    ]
    assert "10001 Kanzlei Bergmann Roth" in page
    form = lines(("PAP-A4-80", "10"), copied_from=str(order))
    where = as_("manager").post("/orders/new", form)["Location"]
    assert SalesOrder.objects.get(pk=int(where.rsplit("/")[-1])).copied_from_id == order


def test_german_numbers_are_read_as_german(as_):
    form = lines(("PAP-A4-80", "1.000"))
    form["lines-0-price"] = "1.234,50"
    where = as_("manager", "de").post("/orders/new", form)["Location"]
    line = SalesOrder.objects.get(pk=int(where.rsplit("/")[-1])).orderline_set.get()
    assert (line.quantity, line.price) == (D(1000), D("1234.5"))


# customers, items, stock


def test_a_customer_is_taken_on(shop, as_):
    form = {
        "name": "Neue Kundin",
        "country": "de",
        "language": "de",
        "payment_days": "30",
        "prepay_percent": "12,5",
        "price_group": "list",
    }
    answer = as_("accountant", "de").post("/customers/new", form)
    party = ask("parties.one", shop.manager, id=int(answer["Location"].rsplit("/")[-1]))
    assert (party.name, party.country, party.payment_days, party.prepay_percent) == (
        "Neue Kundin",
        "DE",
        30,
        D("12.50"),
    )


def test_a_form_says_what_is_wrong_at_its_field(as_):
    answer = as_("accountant").post("/customers/new", {"name": "", "country": "DE", "payment_days": "soon"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "This is needed." in page
    assert "This is not a number." in page
    assert 'value="soon"' in page


def test_an_item_gets_its_price(shop, as_):
    where = as_("purchasing").post(
        "/items/new", {"number": "N-1", "name": "New thing", "kind": "goods", "unit": "H87", "tax_class": "standard"}
    )
    item = int(where["Location"].rsplit("/")[-1])
    form = {"price": "2.125", "per": "1", "min_quantity": "5", "price_group": "list", "valid_from": "2026-01-01"}
    assert as_("purchasing").post(f"/items/{item}/price", form).status_code == 302
    page = as_("auditor").get(f"/items/{item}").content.decode()
    assert "2.125" in page
    taken = as_("purchasing").post("/items/new", {"number": "N-1", "name": "Twice", "kind": "goods", "unit": "H87"})
    assert "The number N-1 is taken." in taken.content.decode()


def test_goods_are_received_and_never_go_below_what_is_promised(shop, as_):
    browser = as_("warehouse")
    form = {"item": "PAP-LX-120", "quantity": "25", "warehouse": "main", "reason": "received"}
    assert browser.post("/stock/move", form).status_code == 302
    (level,) = ask("stock.levels", shop.manager, item=shop.items["PAP-LX-120"]).rows
    assert level.on_hand == D(75)
    refused = browser.post("/stock/move", {**form, "quantity": "-76"})
    assert refused.status_code == 422
    assert "Only 75 are free, 76 were wanted." in refused.content.decode()
    assert "No item has the number X." in browser.post("/stock/move", {**form, "item": "X"}).content.decode()
    assert "+25" in browser.get(f"/stock/{shop.items['PAP-LX-120']}").content.decode()


def test_moves_of_other_hands_show_in_the_list(shop, as_):
    run("stock.move", shop.warehouse, [Move(shop.items["ENV-DL"], shop.warehouses["main"], D(7), "counted")])
    assert "Counted" in as_("manager").get(f"/stock/{shop.items['ENV-DL']}").content.decode()


# the account


def test_language_and_theme_are_mine_and_stay(shop, as_):
    browser = as_("planner")
    answer = browser.post("/account", {"language": "de", "theme": "dark"})
    assert answer.cookies["theme"].value == "dark"
    assert 'lang="de"' in browser.get("/account").content.decode()
    assert browser.post("/account", {"language": "xx", "theme": "dark"}).status_code == 200
    assert 'lang="de"' in browser.get("/account").content.decode()


def test_only_companies_in_which_i_hold_a_role_can_be_chosen(shop, as_):
    from orderway.people.models import RoleGrant

    browser = as_("manager")
    neighbour = shop.stranger.company_id
    assert browser.get(f"/account/company/{neighbour}").status_code == 404
    RoleGrant.objects.create(person_id=shop.manager.id, company_id=neighbour, role="auditor")
    assert browser.get(f"/account/company/{neighbour}").status_code == 302
    page = browser.get("/").content.decode()
    assert "Nachbar Handel" in page
    assert "/orders/new" not in page
    RoleGrant.objects.filter(company_id=neighbour, person_id=shop.manager.id).delete()
    assert "New order" in browser.get("/").content.decode()


def test_the_palette_knows_only_what_i_may_do(as_, order):
    kinds = {hit["title"] for hit in as_("manager").get("/palette?q=new").json()}
    assert {"New order", "New customer"} <= kinds
    assert "New order" not in {hit["title"] for hit in as_("warehouse").get("/palette?q=new").json()}
    found = as_("auditor").get("/palette?q=B-77").json()
    assert found[0]["url"] == f"/orders/{order}"
