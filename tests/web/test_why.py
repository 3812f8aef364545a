"""Why? on the order: the rules that decided about it, what the price of a line rests on, why it is reserved or short (OW-05)."""

import html
import random
import re
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from orderway.catalog.commands import SetPrice, SetTaxRate
from orderway.decisions.commands import DecideOn, PublishTable
from orderway.kernel import clock
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.orders.refusing import judges
from orderway.orders.rules import keeping, line_net, promised
from orderway.parties.commands import ChangeParty
from orderway.stock.commands import Move
from orderway.web.acts import ACTS, MARKS
from orderway.web.orders import VERBS

SPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"
LIMITS = (("< 50", '"nobody"'), ("[50..500)", '"manager"'), ("-", '"board"'))


def drawn(*rules: tuple[str, str]) -> str:
    rows = "".join(
        f"<rule><inputEntry><text><![CDATA[{when}]]></text></inputEntry><outputEntry><text>{then}</text></outputEntry></rule>"
        for when, then in rules
    )
    return (
        f'<definitions xmlns="{SPACE}" namespace="urn:x" name="x"><decision id="approval" name="Who approves"><decisionTable '
        'hitPolicy="FIRST"><input label="Net total"><inputExpression typeRef="number"><text>net</text></inputExpression></input>'
        f'<output name="role" typeRef="string"/>{rows}</decisionTable></decision></definitions>'
    )


def text(response: Any) -> str:
    assert response.status_code == 200, response
    return str(response.content.decode())


def decided(shop: Any, order: int) -> Any:
    assert run("decisions.decide", shop.manager, [DecideOn(order, "approval")]).ok
    return ask("decisions.why", shop.manager, subject_type="order", subject=order)[0]


def test_the_order_shows_which_rule_fired_and_asking_again_answers_the_same(as_: Any, shop: Any, order: int) -> None:
    assert run("decisions.publish", shop.administrator, [PublishTable(drawn(*LIMITS), "order", "limits")]).ok
    reason = decided(shop, order)
    # the table and the order change; the decision keeps what it rested on
    run("decisions.publish", shop.administrator, [PublishTable(drawn(("-", '"nobody at all"')), "order", "none")])
    browser = as_("manager")
    page = text(browser.get(f"/orders/{order}?tab=map"))
    assert str(reason.result) in page
    (again,) = re.findall(r'href="(/rules/approval\?version=1[^"]*)"', page)
    shown = text(browser.get(html.unescape(again)))
    assert f"<b>{reason.result}</b>" in shown
    number = reason.rules[0][0]
    assert re.findall(r'id="row-(\d+)" class="done-row selected cursor"', shown) == [str(number)]


def test_every_decision_is_the_same_when_its_values_are_asked_again(shop: Any) -> None:
    run("decisions.publish", shop.administrator, [PublishTable(drawn(*LIMITS), "order")])
    chance = random.Random(5)
    rows = [
        PlaceOrder(shop.customers["10001"], [PlaceLine(shop.items["PAP-A4-80"], Decimal(chance.randint(1, 200)))])
        for _ in range(60)
    ]
    xml, answers = drawn(*LIMITS), set()
    for id in run("orders.place", shop.manager, rows).done:
        reason = decided(shop, id)
        again = ask("decisions.try", shop.manager, xml=xml, subject="order", values=dict(reason.values))
        assert (again.result, list(again.rules)) == (reason.result, [number for number, _ in reason.rules])
        answers.add(again.result)
    assert answers == {"nobody", "manager", "board"}


def placed(shop: Any, item: str, quantity: Decimal, price: Decimal | None = None) -> Any:
    row = PlaceOrder(shop.customers["10001"], [PlaceLine(shop.items[item], quantity, price, discount=Decimal("2.5"))])
    (order,) = run("orders.place", shop.manager, [row]).done
    (line,) = ask("orders.lines", shop.manager, id=order)
    return line


def test_a_price_is_told_with_its_list_quantity_and_day_and_gives_the_amount_again(as_: Any, shop: Any) -> None:
    item, today = shop.items["PAP-LX-120"], clock.today("Europe/Berlin")
    prices = [
        SetPrice(item, Decimal(100), today - timedelta(5), min_quantity=Decimal(10)),
        SetPrice(item, Decimal(90), today - timedelta(3), min_quantity=Decimal(50)),
        SetPrice(item, Decimal(80), today + timedelta(3), min_quantity=Decimal(1)),
    ]
    assert run("catalog.set_prices", shop.administrator, prices).ok
    for quantity, expected in ((1, "118"), (10, "100"), (49, "100"), (50, "90")):
        line = placed(shop, "PAP-LX-120", Decimal(quantity))
        why = ask("orders.why_line", shop.manager, id=line.id)
        first = why.prices[0]
        assert (first.price, first.applies, why.follows) == (Decimal(expected), True, True)
        assert all(one.min_quantity <= quantity for one in why.prices if one.applies)
        net = line_net(line.quantity, first.price, first.per, line.discount, "EUR")
        assert net == line.net
    page = text(as_("manager").get(f"/orders/{line.order_id}/lines/{line.id}/why"))
    assert "List price" in page
    assert "a larger quantity" in page


def test_a_price_agreed_on_the_order_is_told_as_such(as_: Any, shop: Any) -> None:
    line = placed(shop, "PAP-A4-80", Decimal(5), Decimal("4.20"))
    assert not ask("orders.why_line", shop.manager, id=line.id).follows
    browser = as_("manager")
    assert "it was agreed on the order" in text(browser.get(f"/orders/{line.order_id}/lines/{line.id}/why"))
    assert browser.get(f"/orders/{line.order_id + 1}/lines/{line.id}/why").status_code == 404


def test_a_shortage_is_told_with_what_lies_where_and_who_holds_it(as_: Any, shop: Any) -> None:
    first, second = (placed(shop, "ENV-DL", Decimal(n)) for n in (30, 100_000))
    assert run("stock.move", shop.warehouse, [Move(shop.items["ENV-DL"], shop.warehouses["main"], Decimal(50))]).ok
    for line in (first, second):
        assert run("orders.confirm", shop.manager, [Ref(line.order_id)]).ok
        run("orders.allocate", shop.manager, [Ref(line.order_id)], partial=True)
    why = ask("orders.why_line", shop.manager, id=second.id).stock
    assert why.missing == why.demand.quantity - why.demand.met - why.demand.allocated > 0
    assert sum(one.held for one in why.levels) == why.demand.allocated
    assert [one.held for one in why.ahead] == [30]
    assert all(one.held + one.others + one.free == one.on_hand for one in why.levels)
    assert sum(one.held for one in why.ahead) == sum(one.others for one in why.levels)
    page = text(as_("manager").get(f"/orders/{second.order_id}/lines/{second.id}/why"))
    assert "short" in page
    assert "are held for another demand" in page


def test_the_day_of_a_line_is_told_with_what_it_rests_on_and_the_leaves_give_it_again(as_: Any, shop: Any) -> None:
    today = clock.today("Europe/Berlin")
    soon, later = today + timedelta(3), today + timedelta(9)
    own = [(None, later), (soon, later), (None, None), (later, later)]  # wished for the line, for the order
    rows = [
        PlaceOrder(
            shop.customers["10001"],
            [PlaceLine(shop.items["PAP-A4-80"], Decimal(2), requested_on=line)],
            requested_on=order,
        )
        for line, order in own
    ]
    browser, found = as_("manager"), []
    for id in run("orders.place", shop.manager, rows).done:
        (line,) = ask("orders.lines", shop.manager, id=id)
        why = ask("orders.why_line", shop.manager, id=line.id).day
        again = promised(why.promised_on, why.line_wish, why.order_wish)
        assert again == (why.day, why.rests_on)
        assert why.day == line.requested_on, "the day that the order's page shows"
        assert keeping(why.day, why.today, why.wanted, why.gone, why.held) == why.keeping
        found.append((why.day, why.rests_on, why.keeping))
        page = text(browser.get(f"/orders/{id}/lines/{line.id}/why"))
        assert "not all of it is reserved" in page
        assert ("the day wished for this line" in page) == (why.rests_on == "line")
    assert found == [
        (later, "order", "waits"),
        (soon, "line", "waits"),
        (None, "nothing", "waits"),
        (later, "order", "waits"),
    ]
    assert run("stock.move", shop.warehouse, [Move(shop.items["PAP-A4-80"], shop.warehouses["main"], Decimal(50))]).ok
    assert run("orders.confirm", shop.manager, [Ref(line.order_id)]).ok
    assert run("orders.allocate", shop.manager, [Ref(line.order_id)]).ok
    assert ask("orders.why_line", shop.manager, id=line.id).day.keeping == "ready"
    with clock.at(clock.now() + timedelta(days=11)):
        assert ask("orders.why_line", shop.manager, id=line.id).day.keeping == "late"


def cents(exact: Fraction) -> Decimal:
    """Halves away from zero (EN 16931-1, 6.5.4), by whole numbers only."""
    whole, rest = divmod(abs(exact) * 100, 1)
    return Decimal(int(whole) + (rest >= Fraction(1, 2))) / 100


def test_the_tax_is_told_to_the_cent_and_its_lines_give_it_again(as_: Any, shop: Any) -> None:
    chance, browser = random.Random(11), as_("manager")
    for customer in ("10001", "10002", "10003") * 4:
        lines = [
            PlaceLine(shop.items[item], Decimal(chance.randint(1, 99)), Decimal(chance.randint(1, 9999)) / 100)
            for item in chance.sample(["PAP-A4-80", "PAP-LX-120", "ENV-DL", "DESIGN-H"], 3)
        ]
        (id,) = run("orders.place", shop.manager, [PlaceOrder(shop.customers[customer], lines)]).done
        why = ask("orders.why_tax", shop.manager, id=id)
        for one in why.sums:
            base = sum((line.net for line in why.lines if line.tax == one.tax), Decimal(0))
            assert one.base == base
            assert Fraction(one.exact) == Fraction(base) * Fraction(one.tax.rate) / 100
            assert cents(Fraction(one.exact)) == one.amount
        assert all(line.follows for line in why.lines)
        assert {line.tax.category for line in why.lines} == {{"10001": "S", "10002": "G", "10003": "K"}[customer]}
        page = text(browser.get(f"/orders/{id}"))
        assert (f'href="/orders/{id}/tax/why"' in page) == bool(why.sums)
        told = html.unescape(text(browser.get(f"/orders/{id}/tax/why")))
        words = {"10001": "sold at home", "10002": "export", "10003": "intra-community"}[customer]
        assert words in told
        assert f"€{why.sums[0].amount:,.2f}" in told or f"{why.sums[0].amount:,.2f}" in told


def test_a_rate_that_was_changed_since_is_told_as_such(as_: Any, shop: Any) -> None:
    line = placed(shop, "PAP-A4-80", Decimal(5))
    day = clock.today("Europe/Berlin")
    assert run("catalog.set_tax_rates", shop.administrator, [SetTaxRate("DE", "standard", Decimal(16), day)]).ok
    why = ask("orders.why_tax", shop.manager, id=line.order_id)
    assert [one.follows for one in why.lines] == [False]
    assert "changed since" in text(as_("manager").get(f"/orders/{line.order_id}/tax/why"))
    assert as_("manager").get("/orders/999999/tax/why").status_code == 404


def test_a_refusal_leads_to_all_that_may_be_done_and_why_the_rest_may_not(as_: Any, shop: Any, order: int) -> None:
    browser = as_("manager")
    assert run("orders.confirm", shop.manager, [Ref(order)]).ok
    refused = text(browser.post(f"/orders/{order}/confirm", follow=True))
    assert f'<a class="why" href="/orders/{order}/why-not">' in refused
    page = text(browser.get(f"/orders/{order}/why-not"))
    assert "is Confirmed; this is not possible now." in page
    assert "possible while: Placed" in page
    assert "Lines not wholly delivered: 1 of 2" in page
    row = page[page.index('id="row-orders-cancel"') :].split("</tr>")[0]
    assert "Possible" in row
    assert "Nothing stands in the way." in row
    done = text(browser.post(f"/orders/{order}/hold", {"reason": "wait"}, follow=True))
    assert '<a class="why"' not in done, "what was done has an undo, no why"
    assert browser.get("/orders/999999/why-not").status_code == 404
    assert as_(shop.stranger).get(f"/orders/{order}/why-not").status_code == 404


def test_an_act_is_called_the_same_where_it_is_offered_and_where_it_is_told_of(as_: Any, shop: Any, order: int) -> None:
    assert judges.keys() <= ACTS.keys()
    for name, verb in VERBS.items():
        assert str(verb.label) == str(MARKS[name] if verb.given else ACTS[verb.command])
    told = html.unescape(text(as_("manager").get(f"/orders/{order}/why-not")))
    for name in judges:
        row = told[told.index(f'id="row-{name.replace(".", "-")}"') :].split("</tr>")[0]
        assert str(ACTS[name]) in row


def test_a_check_that_stops_an_order_tells_its_figures(as_: Any, shop: Any, order: int) -> None:
    assert run("parties.change", shop.accountant, [ChangeParty(shop.customers["10001"], credit_limit=Decimal(5))]).ok
    browser = as_("manager")
    assert f'href="/orders/{order}/why-not"' in text(browser.post(f"/orders/{order}/verify", follow=True))
    page = text(browser.get(f"/orders/{order}/why-not"))
    assert re.search(r"open, the limit is €5\.00", page)
