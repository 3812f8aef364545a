"""Home shows each role what it looks at first, and everybody what waits for them."""

import html

import pytest
import shop_floor as floor

from orderway.kernel.access import ROLES


def text(answer):
    return html.unescape(answer.content.decode())


@pytest.mark.parametrize(
    ("role", "seen", "not_seen"),
    [
        ("accountant", ("Overdue", "Orders to invoice", "Open, not yet due"), ("Value by stage", "To pick")),
        ("warehouse", ("To pick", "To pack", "Pick next"), ("Value by stage", "Overdue")),
        ("planner", ("Tickets to place",), ("Value by stage", "To pick")),
        ("production", ("Tickets to place",), ("Value by stage", "To pick")),
        ("manager", ("Value by stage", "Newest orders"), ("To pick",)),
        ("auditor", ("Value by stage",), ("To pick",)),
        ("quality", ("Newest orders",), ("To pick",)),
    ],
)
def test_each_trade_sees_its_own_first(shop, as_, role, seen, not_seen):
    floor.shipment(shop)
    main = text(as_(role).get("/")).partition("<main")[2].partition("</main>")[0]
    assert all(words in main for words in seen)
    assert not any(words in main for words in not_seen)


def test_the_next_pick_is_one_click_away(shop, as_):
    id = floor.shipment(shop)
    assert f'href="/shipping/pick?shipment={id}"' in text(as_("warehouse").get("/"))


def test_the_accountant_opens_what_is_overdue_and_what_to_invoice(shop, as_):
    order = floor.head(shop, floor.delivered(shop)).order_id
    page = text(as_("accountant").get("/"))
    assert f'href="/orders/{order}"' in page
    assert "Nothing is overdue." in page


def test_what_waits_for_a_person_stands_on_their_home_page(shop, as_):
    floor.machines(shop)
    floor.print_order(shop)
    assert "Waits for you" in text(as_("manager").get("/"))
    assert "Fill order form" in text(as_("manager").get("/"))
    assert "Waits for you" not in text(as_("warehouse").get("/"))


@pytest.mark.parametrize("role", ROLES)
def test_everybody_has_a_home(shop, as_, role):
    assert as_(role).get("/").status_code == 200
    assert as_(role, "de").get("/").status_code == 200
