"""A work item holds what is needed to decide it: nobody has to go and look elsewhere."""

import re
from decimal import Decimal as D

import pytest
import shop_floor as floor

from orderway.catalog.models import Item
from orderway.documents.commands import AddDocument
from orderway.documents.store import store
from orderway.kernel.running import ask
from orderway.orders.commands.place import PlaceLine, PlaceOrder


def text(answer):
    return answer.content.decode()


def waiting(actor, order):
    (row,) = ask("workflow.work", actor, subject=order).rows
    return row


@pytest.fixture
def faulty(shop):
    """An order under a reference the customer used before, on its map: its finding waits for the manager."""
    floor.maps(shop)
    row = PlaceOrder(shop.customers["10001"], [PlaceLine(shop.items["PAP-A4-80"], D(10))], their_reference="B-77")
    _first, second = [floor.ok("orders.place", shop.manager, row).done[0] for _ in range(2)]
    return second


def test_a_finding_is_read_and_let_pass_where_it_stops_the_order(shop, as_, faulty):
    item = waiting(shop.manager, faulty)
    browser = as_("manager")
    page = text(browser.get(f"/work/{item.id}"))
    assert "Not ordered twice" in page
    assert "used the reference “B-77” before" in page
    (address,) = re.findall(rf'action="(/orders/{faulty}/waive/\d+)"', page)
    answer = browser.post(address, {"reason": "They want it twice", "back": f"/work/{item.id}?which=waiting"})
    assert answer["Location"] == f"/work/{item.id}?which=waiting"
    page = text(browser.get(f"/work/{item.id}"))
    assert "They want it twice" in page
    assert address not in page
    assert browser.post(f"/work/{item.id}/complete", {"outcome": "settled"}).status_code == 302
    assert ask("orders.one", shop.manager, id=faulty).state == "confirmed"


def test_letting_pass_leads_back_to_work_and_nowhere_else(shop, as_, faulty):
    (finding,) = [row.id for row in ask("orders.findings", shop.manager, id=faulty) if row.check_name == "duplicate"]
    answer = as_("manager").post(f"/orders/{faulty}/waive/{finding}", {"reason": "–", "back": "https://evil.example/"})
    assert answer["Location"] == f"/orders/{faulty}"


def test_the_order_form_begins_with_what_was_ordered(shop, as_):
    floor.machines(shop)
    order = floor.print_order(shop)
    (line,) = ask("orders.lines", shop.manager, id=order)
    page = text(as_("manager").get(f"/work/{waiting(shop.manager, order).id}"))
    (run,) = re.findall(r'name="field-run" value="([^"]*)"', page)
    assert D(run) == line.quantity


def test_the_accountant_reads_the_price_sheet_first(shop, as_):
    floor.machines(shop)
    order = floor.priced(shop)
    parcel = ask("orders.one", shop.manager, id=order).parcel_id
    kept = store().keep(shop.company, b"sheet")
    sheet = AddDocument(parcel, kept.sha256, "text/plain", "sheet.txt", kind="price_sheet")
    later = AddDocument(parcel, kept.sha256, "text/plain", "later.txt", kind="mail")
    floor.ok("documents.add", shop.manager, sheet, later)
    page = text(as_("accountant").get(f"/work/{waiting(shop.accountant, order).id}"))
    assert re.search(r'aria-current="page"[^>]*>\s*Price sheet', page)


def test_planning_finds_its_tickets_in_the_item_and_comes_back_to_it(shop, as_):
    floor.machines(shop)
    order = floor.released(shop)
    item = waiting(shop.planner, order)
    browser = as_("planner")
    links = re.findall(
        rf'href="(/orders/{order}/production/tickets/\d+\?back=/work/{item.id})"', text(browser.get(f"/work/{item.id}"))
    )
    assert links
    machine = ask("production.tickets", shop.planner, order=order)[0].machine_id
    answer = browser.post(links[0], {"start": "2031-03-03T08:00", "machine": str(machine), "minutes": "60"})
    assert answer["Location"] == f"/work/{item.id}"
    assert "Planned" in text(browser.get(f"/work/{item.id}"))


def test_goods_are_reserved_only_while_something_lacks(shop, as_, confirmed):
    browser = as_("manager")
    assert "Reserve goods" in text(browser.get(f"/orders/{confirmed}"))
    assert browser.post(f"/orders/{confirmed}/allocate").status_code == 302
    assert "Reserve goods" not in text(browser.get(f"/orders/{confirmed}"))


def test_a_package_weighs_what_the_catalogue_says(shop, as_):
    id = floor.picked(shop, 4)
    page = text(as_("warehouse").get(f"/shipping/{id}/pack"))
    assert re.search(r'name="weight-1" value=""', page), "an item without a weight is not guessed"
    Item.objects.filter(number__in=["PAP-A4-80", "PAP-LX-120"]).update(weight=D("2.5"))
    page = text(as_("warehouse").get(f"/shipping/{id}/pack"))
    assert re.search(r'name="weight-1" value="15"', page)  # 4 reams and 2 packs


def test_what_is_missing_stands_where_a_shortage_is_settled(shop, as_):
    floor.maps(shop)
    lines = [PlaceLine(shop.items[item], D(n)) for item, n in (("ENV-DL", 100_000), ("PAP-A4-80", 2))]
    (order,) = floor.ok("orders.place", shop.manager, PlaceOrder(shop.customers["10001"], lines)).done
    item = next(row for row in ask("workflow.work", shop.people["purchasing"], subject=order).rows)
    short, whole = ask("orders.lines", shop.manager, id=order)
    page = text(as_("purchasing").get(f"/work/{item.id}"))
    inside = page[page.index('id="inside-short"') :]
    missing = short.quantity - short.allocated - short.met
    assert f"{missing:,.0f} of 100,000 pcs missing" in inside
    assert f"/orders/{order}/lines/{short.id}/why" in inside
    assert f"/orders/{order}/lines/{whole.id}/why" not in inside
