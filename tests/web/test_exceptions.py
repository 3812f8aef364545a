"""Exceptions in one list: whatever stands in an order's way has a kind, a cause in words and commands that settle it (SP-15)."""

import html
import re
from decimal import Decimal as D
from typing import Any

import pytest
from test_inbox import BROKEN, read_now, take_in

from orderway.capture.exceptions import CODES, OTHER
from orderway.catalog.commands import AddItem
from orderway.kernel import reacting
from orderway.kernel.access import ROLES, system_actor
from orderway.kernel.registry import Ref, commands
from orderway.kernel.running import ask, can, run
from orderway.mail.commands import NoteFailed, WriteMessage
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.parties.commands import ChangeParty
from orderway.stock.commands import Move
from orderway.web.exceptions import ACTS, KINDS
from orderway.workflow.commands.proceed import StartMap
from orderway.workflow.commands.publish import PublishMap

HEADINGS = "Order number;Customer;Item number;Description;Quantity;Unit price\n"
# nothing says which way an order of 10 goes
MAP = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:o="https://orderway.org/bpmn/1">
<process id="no_way" name="No way" isExecutable="true" o:subject="order"><startEvent id="s"/><exclusiveGateway id="g" name="Large?"/>
<userTask id="w" name="Look" o:role="manager" o:accountable="manager"/><endEvent id="e"/><sequenceFlow id="a" sourceRef="s" targetRef="g"/>
<sequenceFlow id="b" sourceRef="g" targetRef="w"><conditionExpression>net &gt; 1000000</conditionExpression></sequenceFlow>
<sequenceFlow id="c" sourceRef="w" targetRef="e"/></process></definitions>"""


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer
    return html.unescape(str(answer.content.decode()))


def placed(shop: Any, item: int | None = None, **more: Any) -> int:
    row = PlaceOrder(
        shop.customers["10001"], [PlaceLine(item or shop.items["ENV-DL"], D(10), more.pop("price", None))], **more
    )
    return int(run("orders.place", shop.manager, [row]).done[0])


def verified(shop: Any, **more: Any) -> int:
    order = placed(shop, **more)
    run("orders.verify", shop.manager, [Ref(order)], partial=True)
    return order


def from_file(name: str, content: bytes) -> Any:
    def plant(shop: Any, browser: Any) -> None:
        take_in(browser, (name, content))
        read_now(shop)

    return plant


def line(customer: str, item: str, price: str) -> bytes:
    return f"{HEADINGS}B-1;{customer};{item};Paper;4;{price}\n".encode()


def ordered_twice(shop: Any, browser: Any) -> None:
    placed(shop, their_reference="TWICE-1")
    verified(shop, their_reference="TWICE-1")


def over_the_limit(shop: Any, browser: Any) -> None:
    assert run("parties.change", shop.accountant, [ChangeParty(shop.customers["10001"], credit_limit=D(1))]).ok
    verified(shop)


def goods_lack(shop: Any, browser: Any) -> None:
    (item,) = run("catalog.add_items", shop.administrator, [AddItem("LACKS", "Nowhere in stock")]).done
    order = placed(shop, item, price=D(1))
    run("orders.confirm", shop.manager, [Ref(order)])
    run("orders.allocate", shop.manager, [Ref(order)])


def no_such_postcode(shop: Any, browser: Any) -> None:
    verified(shop, ship_street="Am Hang 1", ship_city="Weismain", ship_postcode="ABC", ship_country="DE")


def no_way_on(shop: Any, browser: Any) -> None:
    assert run("workflow.publish", shop.administrator, [PublishMap(MAP)]).ok
    assert run("workflow.start", shop.manager, [StartMap("no_way", placed(shop))]).ok


def mail_comes_back(shop: Any, browser: Any) -> None:
    (mail,) = run("mail.write", shop.manager, [WriteMessage(["a@b.example"], "Your order", "Text", "t:1")]).done
    system = system_actor(shop.company)
    assert run("mail.begin_send", system, [Ref(mail)]).ok
    assert run("mail.note_failed", system, [NoteFailed(mail, "550 no such mailbox", final=True)]).ok


PLANTED = {
    "unknown-item": (from_file("item.csv", line("Kanzlei Bergmann Roth", "KV-9", "31.50")), "KV-9|no such item"),
    "unknown-customer": (from_file("who.csv", line("Nobody & Sons", "PAP-A4-80", "4.90")), "no such customer"),
    "duplicate-order": (ordered_twice, "TWICE-1"),
    "price-gap": (from_file("price.csv", line("Kanzlei Bergmann Roth", "PAP-A4-80", "3.10")), r"3\.10? each.*4\.90?"),
    "credit": (over_the_limit, "the limit is"),
    "stock": (goods_lack, "Not enough is free of LACKS"),
    "address": (no_such_postcode, "“ABC” is no postcode of DE"),
    "unreadable-file": (from_file("broken.edi", BROKEN), "segment"),
    "rule-error": (no_way_on, "No condition holds here"),
    "mail-bounced": (mail_comes_back, "550 no such mailbox"),
}


@pytest.mark.parametrize("kind", PLANTED)
def test_what_stands_in_the_way_has_a_kind_a_cause_and_commands_that_settle_it(kind: str, shop: Any, as_: Any) -> None:
    browser, (plant, cause) = as_("manager"), PLANTED[kind]
    assert not [one for one in ask("capture.exceptions", shop.manager).rows if one.kind == kind]
    plant(shop, browser)
    (one,) = ask("capture.exceptions", shop.manager, kind=kind).rows
    assert one.code in CODES[kind]
    assert one.actions
    assert all(can(shop.manager, name) for name in one.actions)
    assert all(name in ACTS for name in one.actions)
    page = text(browser.get(f"/exceptions?kind={kind}"))
    row = page[page.index(f'id="row-{one.source}-{one.id}-{one.code}"') :].split("</tr>")[0]
    assert str(KINDS[kind]) in row
    said = re.sub("<[^>]+>", " ", row)
    assert re.search(cause, said), said
    assert "-" not in one.code or one.code not in said.split(">", 1)[1]  # a sentence, not its code
    assert "{" not in said
    for act in one.actions:
        assert str(ACTS[act]) in said
    # where it leads, there it is settled
    (url,) = set(
        re.findall(
            r'href="(/(?:inbox|orders|exceptions)/\d+[^"]*)"[^>]*>' + re.escape(html.escape(str(KINDS[kind]))), row
        )
    )
    assert browser.get(url).status_code == 200


def test_every_kind_that_can_be_told_is_planted_and_worded() -> None:
    assert PLANTED.keys() == CODES.keys()
    assert KINDS.keys() == {*CODES, OTHER}
    assert all(name in commands for name in ACTS)


def test_what_was_settled_leaves_the_list(shop: Any, as_: Any) -> None:
    browser = as_("manager")
    no_way_on(shop, browser)
    mail_comes_back(shop, browser)
    order = verified(shop, ship_street="Am Hang 1", ship_city="Weismain", ship_postcode="ABC", ship_country="DE")
    take_in(browser, ("who.csv", line("Nobody & Sons", "PAP-A4-80", "4.90")), ("broken.edi", BROKEN))
    read_now(shop)
    rows = {one.kind: one for one in ask("capture.exceptions", shop.manager).rows}
    assert rows.keys() >= {"rule-error", "mail-bounced", "address", "unknown-customer", "unreadable-file"}
    mail, stuck = rows["mail-bounced"], rows["rule-error"]
    assert "Send again" in text(browser.get(f"/exceptions/{mail.id}"))
    assert "It is tried again." in text(browser.post(f"/exceptions/{mail.id}/again", follow=True))
    browser.post(f"/orders/{order}/waive/{rows['address'].id}", {"reason": "known to us"})
    browser.post(f"/inbox/{rows['unknown-customer'].id}/dismiss", {"kind": "other"})
    browser.post(f"/inbox/{rows['unreadable-file'].id}/dismiss", {"kind": "other"})
    kinds = {one.kind for one in ask("capture.exceptions", shop.manager).rows}
    assert not kinds & {"mail-bounced", "address", "unknown-customer", "unreadable-file"}
    # the map still says no way, so the step stops again and says so
    assert browser.post(f"/exceptions/{stuck.id}/again").status_code == 302
    (again,) = ask("capture.exceptions", shop.manager, kind="rule-error").rows
    assert (again.subject_id, again.id > stuck.id) == (stuck.subject_id, True)


def test_goods_that_come_take_the_order_off_the_list(shop: Any, as_: Any) -> None:
    goods_lack(shop, None)
    (one,) = ask("capture.exceptions", shop.manager, kind="stock").rows
    item = ask("orders.lines", shop.manager, id=one.subject_id)[0].item_id
    run("stock.move", shop.warehouse, [Move(item, shop.warehouses["main"], D(10))])
    reacting.drain()
    assert not ask("capture.exceptions", shop.manager, kind="stock").rows


@pytest.mark.parametrize("role", ROLES)
def test_who_can_settle_or_must_know_sees_the_list(role: str, shop: Any, as_: Any) -> None:
    seen = role in ("manager", "purchasing", "administrator", "auditor")
    assert as_(role).get("/exceptions").status_code == (200 if seen else 403)
    assert ask("capture.exceptions", shop.manager).rows is not None
    assert as_("manager").get("/exceptions/999999").status_code == 404
