"""The warehouse ships: the list, the phone, packing, the carrier, and what comes back."""

import html
import json
import re

import pytest
import shop_floor as floor

from orderway.fulfilment.refusing import judges
from orderway.kernel.access import ROLES
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask
from orderway.orders.commands.deliver import ShortShip
from orderway.orders.commands.proceed import HoldOrder
from orderway.web.acts import ACTS


def scan(browser, shipment, *scans, status=200):
    """Send a batch of scans (line, code, quantity, key) as the phone does."""
    batch = [
        {"key": key, "line": str(line), "code": code, "quantity": quantity, "at": "2026-01-01T00:00:00Z", **more}
        for line, code, quantity, key, more in ((*one, {}) if len(one) == 4 else one for one in scans)
    ]
    answer = browser.post("/shipping/scans", json.dumps({"list": str(shipment), "scans": batch}), "application/json")
    assert answer.status_code == status
    return answer.json() if status == 200 else {}


def on_the_phone(browser, shipment):
    """The pick list as the phone gets it."""
    page = browser.get(f"/shipping/pick?shipment={shipment}").content.decode()
    return json.loads(html.unescape(re.search(r'data-list="([^"]*)"', page)[1]))["lines"]


@pytest.mark.parametrize("role", ROLES)
def test_every_role_sees_shipments_and_only_the_floor_picks(role, shop, as_):
    id = floor.shipment(shop)
    browser = as_(role)
    for page in ("/shipping", "/shipping?state=open&sort=customer&q=26", f"/shipping/{id}"):
        assert browser.get(page).status_code == 200, page
    allowed = 200 if role in ("warehouse", "administrator") else 403
    for page in (f"/shipping/pick?shipment={id}", f"/shipping/{id}/pack", f"/shipping/{id}/ship"):
        assert browser.get(page).status_code == allowed, page


def test_another_company_has_no_such_shipment(shop, as_):
    id = floor.packed(shop)
    stranger = as_(shop.stranger)
    order = floor.head(shop, id).order_id
    assert stranger.get(f"/shipping/{id}").status_code == 404
    assert stranger.post(f"/shipping/{id}/deliver").status_code == 404
    assert stranger.get(f"/orders/{order}/take-back").status_code == 404
    assert str(floor.head(shop, id).order_number) not in stranger.get("/shipping").content.decode()


def test_a_wrong_item_is_refused_at_once_and_nothing_is_booked(shop, as_):
    id = floor.shipment(shop)
    line = floor.lines(shop, id)[0]
    said = scan(as_("warehouse"), id, (line.id, "ENV-DL", 1, "k1"))
    assert "ENV-DL" in said["problem"]
    assert all(one.picked is None for one in floor.lines(shop, id))


def test_scans_add_up_and_a_line_is_booked_when_the_walk_goes_on(shop, as_):
    id = floor.shipment(shop, quantity=2)
    browser = as_("warehouse")
    first, second = floor.lines(shop, id)
    assert scan(browser, id, (first.id, first.item_number, 1, "a")) == {}
    assert scan(browser, id, (first.id, first.item_number, 1, "a")) == {}, "the same scan sent again counts once"
    assert [line["picked"] for line in on_the_phone(browser, id)] == [1, 0]
    scan(browser, id, (first.id, first.item_number, 1, "b"))
    assert floor.lines(shop, id)[0].picked is None, "the line in hand can still be undone"
    scan(browser, id, (second.id, second.item_number, 2, "c"))
    assert [line.picked for line in floor.lines(shop, id)] == [2, 2]
    assert floor.head(shop, id).state == "picked"


def test_more_than_wanted_is_refused_and_undone_scans_do_not_count(shop, as_):
    id = floor.shipment(shop, quantity=2)
    browser = as_("warehouse")
    line = floor.lines(shop, id)[0]
    assert "problem" in scan(browser, id, (line.id, "", 3, "a"))
    scan(browser, id, (line.id, "", 2, "b"), (line.id, "", -1, "b-back"))
    assert on_the_phone(browser, id)[0]["picked"] == 1


def test_what_is_missing_is_a_short_pick(shop, as_):
    id = floor.shipment(shop, quantity=5)
    first, second = floor.lines(shop, id)
    scan(
        as_("warehouse"), id, (first.id, "", 3, "a"), (first.id, "", 0, "b", {"missing": True}), (second.id, "", 2, "c")
    )
    assert [line.picked for line in floor.lines(shop, id)] == [3, 2]
    assert "2 missing" in as_("manager").get(f"/shipping/{id}").content.decode()


def test_a_broken_batch_of_scans_is_refused_in_words(as_):
    answer = as_("warehouse").post("/shipping/scans", "[1, 2", "application/json")
    assert answer.status_code == 400
    assert answer.json()["problem"]


def test_packing_says_what_lies_where_and_keeps_what_was_typed(shop, as_):
    id = floor.picked(shop)
    browser = as_("warehouse")
    first, second = floor.lines(shop, id)
    more = browser.post(f"/shipping/{id}/pack", {"boxes": "1", "more": "1", f"q-{first.id}-1": "6"})
    assert "Package 2" in more.content.decode()
    form = {"boxes": "2", "weight-1": "4.5", "weight-2": "2", "size-1": "40×30×20"}
    form |= {f"q-{first.id}-1": "6", f"q-{second.id}-1": "2", f"q-{first.id}-2": "3"}
    wrong = browser.post(f"/shipping/{id}/pack", form)
    assert "note late" in wrong.content.decode(), "one ream lies in no package"
    assert 'value="4.5"' in wrong.content.decode()
    assert floor.head(shop, id).state == "picked"
    assert browser.post(f"/shipping/{id}/pack", form | {f"q-{first.id}-2": "4"}).status_code == 302
    weights = {row.number: row.weight for row in ask("fulfilment.packages", shop.warehouse, id=id)}
    assert [float(weights[n]) for n in (1, 2)] == [4.5, 2.0]


def test_shipping_gives_the_delivery_note_its_number_and_tracking(shop, as_):
    id = floor.packed(shop)
    browser = as_("warehouse")
    browser.post(f"/shipping/{id}/ship", {"carrier": "DHL", "tracking": "00340434"})
    head = floor.head(shop, id)
    assert (head.state, head.carrier, head.tracking) == ("shipped", "DHL", "00340434")
    again = browser.post(f"/shipping/{id}/ship", {"carrier": "DHL"})
    assert "Not now:</b> " in again.content.decode()
    assert "It has left the house: note its delivery" in again.content.decode()
    browser.post(f"/shipping/{id}/deliver")
    assert floor.head(shop, id).state == "delivered"


def test_a_selection_shows_its_dry_run_before_it_ships(shop, as_):
    ids = [floor.packed(shop), floor.packed(shop)]
    browser = as_("warehouse")
    dry = browser.post("/shipping/do/ship", {"id": [*ids, floor.shipment(shop)], "dry": "1"})
    assert "2 would be done" in dry.content.decode()
    assert "1 refused" in dry.content.decode()
    assert [floor.head(shop, id).state for id in ids] == ["packed", "packed"], "a dry run ships nothing"
    browser.post("/shipping/do/ship", {"id": ids, "idempotency_key": "k"})
    assert [floor.head(shop, id).state for id in ids] == ["shipped", "shipped"]
    assert as_("manager").post("/shipping/do/ship", {"id": ids}).status_code == 403
    assert browser.post("/shipping/do/burn", {"id": ids}).status_code == 404


def test_goods_that_come_back_lie_in_stock_again(shop, as_):
    id = floor.delivered(shop)
    order = floor.head(shop, id).order_id
    line = next(row for row in ask("orders.lines", shop.manager, id=order) if row.delivered > 2)
    form = {f"line-{line.id}": "2", "warehouse": str(shop.warehouses["main"]), "reason": ""}
    refused = as_("warehouse").post(f"/orders/{order}/take-back", form)
    assert "note late" in refused.content.decode(), "a reason is needed"
    as_("warehouse").post(f"/orders/{order}/take-back", form | {"reason": "damaged"})
    assert [row.quantity for row in ask("fulfilment.returns", shop.manager, order=order)] == [2]


def test_a_shipment_that_must_wait_says_so_before_anybody_walks(shop, as_):
    id = floor.shipment(shop)
    order = floor.head(shop, id).order_id
    browser = as_("warehouse")
    assert "Not now:" not in browser.get(f"/shipping/{id}").content.decode()
    floor.ok("orders.hold", shop.manager, HoldOrder(order, "unpaid"))
    page = browser.get(f"/shipping/{id}").content.decode()
    assert re.search(r'<button class="btn" type="button" aria-disabled="true" aria-describedby="stopped">\s*Pick', page)
    assert "/shipping/pick?" not in page
    stopped = page[page.index('id="stopped"') :].split("</div></div>")[0]
    assert "its goods stay where they are. It goes on once the order is let go on." in stopped
    walk = browser.get(f"/shipping/pick?shipment={id}", follow=True)
    assert walk.redirect_chain[-1][0] == f"/shipping/{id}"
    for form in ("pack", "ship"):
        assert "Pick it next." in browser.get(f"/shipping/{id}/{form}").content.decode()
    floor.ok("orders.resume", shop.manager, Ref(order))
    assert "Not now:" not in browser.get(f"/shipping/{id}").content.decode()
    assert browser.get(f"/shipping/pick?shipment={id}").status_code == 200


def test_shipments_that_may_be_picked_are_walked_for_while_the_held_one_is_left_out(shop, as_):
    ours, held = floor.shipment(shop), floor.shipment(shop)
    floor.ok("orders.hold", shop.manager, HoldOrder(floor.head(shop, held).order_id, "unpaid"))
    page = as_("warehouse").get(f"/shipping/pick?shipment={ours}&shipment={held}").content.decode()
    walked = {line["id"] for line in json.loads(html.unescape(re.search(r'data-list="([^"]*)"', page)[1]))["lines"]}
    assert walked == {str(line.id) for line in floor.lines(shop, ours)}


def test_what_may_be_done_with_a_shipment_is_told_with_what_to_do_first(shop, as_):
    id = floor.shipment(shop)
    browser = as_("warehouse")
    assert f'href="/shipping/{id}/why-not"' in browser.get(f"/shipping/{id}").content.decode()
    page = browser.get(f"/shipping/{id}/why-not").content.decode()
    rows = {
        verb: page[page.index(f'id="row-fulfilment-{verb}"') :].split("</tr>")[0]
        for verb in ("pick", "pack", "ship", "deliver")
    }
    assert "Nothing stands in the way." in rows["pick"]
    assert "possible while: To ship" in rows["ship"]
    assert all("Pick it next." in rows[verb] for verb in ("pack", "ship", "deliver"))
    assert "still to pick; this is not possible now" in rows["pack"], "the state in words, not as the table has it"
    assert judges.keys() <= ACTS.keys()
    assert browser.get("/shipping/999999/why-not").status_code == 404
    assert as_(shop.stranger).get(f"/shipping/{id}/why-not").status_code == 404
    german = as_("warehouse", "de").get(f"/shipping/{id}/why-not").content.decode()
    assert "Als Nächstes kommissionieren." in german


def test_which_lines_can_be_given_up_is_told_on_the_page_of_the_order(shop, as_):
    id = floor.packed(shop)
    order = floor.head(shop, id).order_id
    first, second = ask("orders.lines", shop.manager, id=order)
    floor.ok("orders.short_ship", shop.manager, ShortShip(first.id, first.quantity, "out of print"))
    page = as_("manager").get(f"/orders/{order}/why-not").content.decode()
    rows = {
        one.id: page[page.index(f'id="row-orders-short_ship-{one.id}"') :].split("</tr>")[0] for one in (first, second)
    }
    assert "All of line 1 was delivered or given up." in rows[first.id]
    assert "Nothing stands in the way." in rows[second.id]
