"""Exceptions in one list: whatever stands in an order's way has a kind, a cause in words and commands that settle it (SP-15)."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal as D
from typing import Any

import pytest
from django.utils import translation
from shop_floor import invoice, packed
from test_inbox import BROKEN, read_now, take_in

from orderway.billing.commands.pay import Pay
from orderway.capture.commands.stopped import SettledOtherwise
from orderway.capture.exceptions import CODES, OTHER
from orderway.catalog.commands import AddItem
from orderway.fulfilment.commands.booking import BookCarrier, NoteNotBooked
from orderway.fulfilment.commands.carriers import SetCarrier
from orderway.kernel import clock, reacting, registry
from orderway.kernel.access import ROLES, system_actor
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import Ref, command, commands, react
from orderway.kernel.running import ask, can, run
from orderway.kernel.sql import fetch
from orderway.mail.commands import NoteFailed, WriteMessage
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.parties.commands import ChangeParty
from orderway.stock.commands import Move
from orderway.web.acts import ACTS
from orderway.web.exception_words import FOLLOWS, KINDS, what_stopped
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


def debit_comes_back(shop: Any, browser: Any) -> None:
    id = invoice(shop)
    due = ask("billing.invoice", shop.accountant, id=id).due
    assert run(
        "billing.pay", shop.accountant, [Pay(id, due, "debit"), Pay(id, -due, "debit", "AC04 closed account")]
    ).ok


def carrier_is_down(shop: Any, browser: Any) -> None:
    row = SetCarrier("Kurier Nord", "https://booking.example")
    (carrier,) = run("fulfilment.set_carriers", shop.administrator, [row]).done
    shipment = packed(shop)
    assert run("fulfilment.book", shop.warehouse, [BookCarrier(shipment, carrier)]).ok
    (booking,) = [ask("fulfilment.booking", shop.warehouse, id=shipment)]
    away = NoteNotBooked(booking.id, "booking.example: Connection refused", final=True)
    assert run("fulfilment.note_not_booked", system_actor(shop.company), [away]).ok


PLANTED = {
    "carrier-down": (carrier_is_down, "Kurier Nord does not book for .*Connection refused"),
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
    "payment-declined": (debit_comes_back, "came back.*AC04 closed account"),
}


@pytest.mark.parametrize("kind", PLANTED)
def test_what_stands_in_the_way_has_a_kind_a_cause_and_commands_that_settle_it(kind: str, shop: Any, as_: Any) -> None:
    browser, (plant, cause) = as_("manager"), PLANTED[kind]
    assert not [one for one in ask("capture.exceptions", shop.manager).rows if one.kind == kind]
    plant(shop, browser)
    (one,) = ask("capture.exceptions", shop.manager, kind=kind).rows
    assert one.code in CODES[kind]
    assert one.actions
    assert all(can(shop.manager, name) or can(shop.accountant, name) for name in one.actions)
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
    way = browser.post(f"/exceptions/{stuck.id}/settle", {"reason": "never mind"})
    assert "still stands on its map" in text(way)
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
    seen = role in ("manager", "accountant", "purchasing", "administrator", "auditor")
    assert as_(role).get("/exceptions").status_code == (200 if seen else 403)
    assert ask("capture.exceptions", shop.manager).rows is not None
    assert as_("manager").get("/exceptions/999999").status_code == 404


@pytest.fixture
def following(shop: Any) -> Iterator[set[str]]:
    """Something follows from every placed order; it does what the set says: raise, refuse, or work when it is empty."""
    wrong: set[str] = set()

    @command("tests.follow")
    def follow(ctx: Any, rows: Any) -> Outcome:
        """Follow."""
        if "raise" in wrong:
            raise RuntimeError("poison of the program")
        refused = [Refusal("reason-missing", row.id) for row in rows] if "refuse" in wrong else []
        assert all(ctx.causes.get(row.id) for row in rows)
        assert ctx.actor.id == 0, "what follows by itself acts as itself, for the person who tried again"
        return Outcome([row.id for row in rows], refused)

    react("order.placed", "tests.follow")
    yield wrong
    del registry.commands["tests.follow"], registry.reactions["order.placed>tests.follow"]
    registry.listeners["order.placed"].remove("order.placed>tests.follow")


def stopped(shop: Any, order: int) -> Any:
    return next(
        (
            one
            for one in ask("capture.exceptions", shop.manager, size=200).rows
            if one.command == "tests.follow" and one.subject_id == order
        ),
        None,
    )


def test_what_follows_from_an_event_and_stopped_is_tried_again(shop: Any, as_: Any, following: set[str]) -> None:
    following.add("refuse")
    first, second = placed(shop), placed(shop)
    reacting.drain()
    browser, one = as_("manager"), stopped(shop, first)
    assert one.actions == ("capture.try_again", "capture.settle_otherwise")
    told = text(browser.get(f"/exceptions/{one.id}"))
    assert "Try again" in told
    assert "Settled otherwise" in told
    browser.post(f"/exceptions/{one.id}/again")
    assert stopped(shop, first), "it is refused again and stays"
    following.clear()
    following.add("raise")
    assert "The program made a mistake" not in text(browser.get("/exceptions"))
    assert browser.post(f"/exceptions/{one.id}/again").status_code == 302
    assert stopped(shop, first).code == "reason-missing", "an exception takes nothing along"
    following.clear()
    assert "It is tried again." in text(browser.post(f"/exceptions/{one.id}/again", follow=True))
    assert stopped(shop, first) is None
    assert stopped(shop, second), "the other one still waits"
    (event,) = [
        e
        for e in ask("kernel.timeline", shop.manager, root_type="order", root_id=first)
        if e.name == "exception.tried_again"
    ]
    assert event.actor_id == shop.manager.id
    assert browser.get(f"/exceptions/{one.id}").status_code == 404


def test_a_set_of_them_is_tried_again_and_only_the_poisoned_one_stays(shop: Any, following: set[str]) -> None:
    following.add("refuse")
    orders = [placed(shop) for _ in range(4)]
    reacting.drain()
    ids = {stopped(shop, order).id: order for order in orders}
    following.clear()
    poisoned = list(ids.values())[2]
    work = registry.commands["tests.follow"].work

    def some(ctx: Any, rows: Any) -> Outcome:
        if any(row.id == poisoned for row in rows):
            raise RuntimeError("poison of the program")
        return work(ctx, rows)

    registry.commands["tests.follow"] = replace(registry.commands["tests.follow"], work=some)
    outcome = run("capture.try_again", shop.manager, [Ref(id) for id in ids], partial=True)
    assert [(ids[one.subject or 0], one.code) for one in outcome.refused] == [(poisoned, "broken")]
    assert [order for order in orders if stopped(shop, order)] == [poisoned]


def test_what_was_settled_otherwise_is_kept_with_how(shop: Any, as_: Any, following: set[str]) -> None:
    following.add("refuse")
    order = placed(shop)
    reacting.drain()
    browser, id = as_("manager"), stopped(shop, order).id
    assert "This is needed" in text(browser.post(f"/exceptions/{id}/settle", {"reason": " "})) or stopped(shop, order)
    assert stopped(shop, order), "without how it was settled it stays"
    done = browser.post(f"/exceptions/{id}/settle", {"reason": "told them by telephone"}, follow=True)
    assert "Settled; how it was settled is kept." in text(done)
    assert stopped(shop, order) is None
    assert "told them by telephone" in text(browser.get(f"/orders/{order}"))
    again = run("capture.settle_otherwise", shop.manager, [SettledOtherwise(id, "twice")])
    assert [one.code for one in again.refused] == ["unknown-exception"]
    assert as_("auditor").post(f"/exceptions/{id}/settle", {"reason": "no"}).status_code == 403


def test_nothing_on_the_desk_shows_what_the_program_said_first(shop: Any, as_: Any, following: set[str]) -> None:
    following.add("raise")
    order = placed(shop)
    for _ in range(reacting.LAST_TRY):
        fetch("update pending set ready_at = %(now)s::timestamptz", {"now": clock.now()})
        reacting.drain()
    one = stopped(shop, order)
    assert (one.code, one.kind) == ("broken", "rule-error")
    browser = as_("manager")
    row = text(browser.get("/exceptions?kind=rule-error"))
    assert "The program made a mistake here." in row
    assert "poison" not in row
    assert "poison" in text(browser.get(f"/exceptions/{one.id}"))


def test_a_mail_that_is_sent_again_rings_no_more(shop: Any, as_: Any) -> None:
    mail_comes_back(shop, None)
    before = ask("people.exceptions", shop.manager).count
    (mail,) = ask("capture.exceptions", shop.manager, kind="mail-bounced").rows
    assert run("mail.resend", shop.manager, [Ref(mail.stopped)]).ok
    assert ask("people.exceptions", shop.manager).count == before - 1


def test_a_payment_that_comes_after_all_takes_it_off_the_list(shop: Any, as_: Any) -> None:
    debit_comes_back(shop, None)
    (one,) = ask("capture.exceptions", shop.accountant, kind="payment-declined").rows
    page = text(as_("accountant").get("/exceptions?kind=payment-declined"))
    assert f'href="/billing/invoices/{one.stopped}/pay"' in page
    assert run("billing.pay", shop.accountant, [Pay(one.stopped, D(str(one.facts["open"])))]).ok
    assert not ask("capture.exceptions", shop.accountant, kind="payment-declined").rows


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("KV-9", {"unknown-item"}),
        ("kv-9", {"unknown-item"}),
        ("TWICE", {"duplicate-order"}),
        ("Bergmann", None),
        ("lines", set()),
    ],
)
def test_words_find_what_it_is_about_its_customer_and_its_cause(
    words: str, found: set[str] | None, shop: Any, as_: Any
) -> None:
    browser = as_("manager")
    PLANTED["unknown-item"][0](shop, browser)
    ordered_twice(shop, browser)
    every = ask("capture.exceptions", shop.manager).rows
    rows = ask("capture.exceptions", shop.manager, words=words).rows
    if found is None:  # the customer's name
        assert {one.id for one in rows} == {one.id for one in every if "Bergmann" in one.customer} != set()
    else:
        assert {one.kind for one in rows} == found
    page = text(browser.get("/exceptions", {"q": words}))
    assert all(f'id="row-{one.source}-{one.id}-{one.code}"' in page for one in rows)
    assert ("Nothing of this kind." in page) == (not rows)
    number = every[0].label
    assert number in {one.label for one in ask("capture.exceptions", shop.manager, words=number.lower()).rows}


def test_whatever_can_follow_and_stop_has_words() -> None:
    ours = {one.command for one in registry.reactions.values() if not one.command.startswith("tests.")}
    assert not [name for name in ours if not what_stopped(name)]
    assert not [name for name in FOLLOWS if name not in commands]
    with translation.override("de"):
        assert what_stopped("papers.invoice") == "Ein Papier machen: Rechnung"
