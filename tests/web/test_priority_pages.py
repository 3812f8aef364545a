"""Marking orders on their page and in the list, the Why? of their priority, and who is served next (SP-14)."""

import re
from decimal import Decimal as D
from typing import Any

from test_why import SPACE

from orderway.catalog.commands import AddItem
from orderway.decisions.commands import PublishTable
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.orders.commands.place import PlaceLine, PlaceOrder

BIG = (
    f'<definitions xmlns="{SPACE}" namespace="urn:x" name="x"><decision id="order_priority" name="How urgent it is"><decisionTable '
    'hitPolicy="FIRST"><input label="Mark"><inputExpression typeRef="string"><text>flag</text></inputExpression></input>'
    '<input label="Net total"><inputExpression typeRef="number"><text>net</text></inputExpression></input>'
    '<output name="priority" typeRef="number"/>'
    '<rule><inputEntry><text>"wait"</text></inputEntry><inputEntry><text>-</text></inputEntry><outputEntry><text>-1</text></outputEntry></rule>'
    "<rule><inputEntry><text>-</text></inputEntry><inputEntry><text><![CDATA[>= 100]]></text></inputEntry><outputEntry><text>1</text>"
    "</outputEntry></rule></decisionTable></decision></definitions>"
)


def text(response: Any) -> str:
    assert response.status_code == 200, response
    return str(response.content.decode())


def test_an_order_is_marked_on_its_page_and_found_in_the_list(as_: Any, order: int) -> None:
    browser = as_("manager")
    assert f"/orders/{order}/urgent" in text(browser.get(f"/orders/{order}"))
    assert f"/orders/{order}/priority" not in text(browser.get(f"/orders/{order}"))  # nothing to say of it yet
    said = browser.post(f"/orders/{order}/urgent", {"reason": "the fair opens on Monday"}, follow=True)
    page = text(said)
    assert "1 order marked as urgent" in page
    assert "the fair opens on Monday" in page
    assert f"/orders/{order}/urgent" not in page
    assert f'href="/orders/{order}/priority"' in page
    rows = text(browser.get("/orders?priority=2"))
    assert f'href="/orders/{order}"' in rows
    assert "urgent" in rows
    assert f'href="/orders/{order}"' not in text(browser.get("/orders?priority=0"))


def test_many_orders_are_marked_at_once_after_a_dry_run(as_: Any, shop: Any, order: int) -> None:
    browser = as_("manager")
    dry = text(browser.post("/orders/do/can-wait", {"id": [order], "dry": "1"}))
    assert "Mark: can wait: 1 order" in dry
    assert ask("orders.one", shop.manager, id=order).flag == "normal"
    browser.post("/orders/do/can-wait", {"id": [order], "reason": "they move house"})
    assert ask("orders.one", shop.manager, id=order).priority == -1


def test_why_tells_the_mark_the_rule_its_values_and_what_follows(as_: Any, shop: Any, order: int) -> None:
    browser = as_("manager")
    page = text(browser.get(f"/orders/{order}/priority"))
    assert "Nobody marked it." in page
    assert "No table of priorities is published" in page
    assert run("decisions.publish", shop.administrator, [PublishTable(BIG, "order", "big ones")]).ok
    page = text(browser.get(f"/orders/{order}/priority"))
    assert "How urgent it is" in page
    assert "&gt;= 100" in page
    assert "124" in page  # the net value it rests on
    assert "It becomes high priority" in page
    browser.post(f"/orders/{order}/can-wait", {"reason": "they move house"})
    page = text(browser.get(f"/orders/{order}/priority"))
    assert re.search(r"Marked as can wait by Manager of Kessler, [^:]+:?", page)
    assert "they move house" in page
    assert "it is served after all other classes" in page
    assert as_("warehouse").get(f"/orders/{order}/priority").status_code == 200
    assert browser.get("/orders/999999/priority").status_code == 404


def test_the_queue_shows_who_is_served_next_and_a_manager_changes_the_patience(as_: Any, shop: Any) -> None:
    (item,) = run("catalog.add_items", shop.administrator, [AddItem("QUEUED", "Queued paper")]).done
    row = PlaceOrder(shop.customers["10001"], [PlaceLine(item, D(5), D(1))])
    first, second = run("orders.place", shop.manager, [row, row]).done
    run("orders.confirm", shop.manager, [Ref(first), Ref(second)])
    browser = as_("manager")
    browser.post(f"/orders/{second}/urgent", {"reason": "fair"})
    page = text(browser.get("/stock/queue"))
    assert page.index(f'href="/orders/{second}"') < page.index(f'href="/orders/{first}"')
    assert "after 14 days everybody goes first" in page
    assert browser.post("/stock/patience", {"days": "0"}).status_code == 422
    assert "after 3 days everybody goes first" in text(browser.post("/stock/patience", {"days": "3"}, follow=True))
    assert as_("warehouse").get("/stock/patience").status_code == 403
    (line,) = ask("orders.lines", shop.manager, id=first)
    assert "normal priority, waits since" in text(browser.get(f"/orders/{first}/lines/{line.id}/why"))
