"""A shop that has been at work for a while, for the pages to show: run as a program on a fresh copy of tests/world.py."""

from decimal import Decimal as D
from typing import Any

PASSWORD = "paper-and-ink-2026"
EVERYBODY = "everything@kessler.example"  # holds every role, to open every page
GERMAN = "deutsch@kessler.example"  # the same, and reads German
BUYER, BUYER_GLN = "20100", "4012345000009"
# an order of somebody nobody knows, with an item nobody sells: it waits in the inbox for a person
UNKNOWN = (
    "UNA:+.? 'UNB+UNOC:3+4399902222227:14+4399901000007:14+260102:0815+78'UNH+1+ORDERS:D:96A:UN:EAN008'"
    "BGM+220+PO-UNKNOWN-1+9'DTM+137:20260102:102'NAD+BY+4399902222227::9++Werft Süd GmbH+Kai 3+Bamberg++96052+DE'"
    "NAD+SU+4399901000007::9'CUX+2:EUR:9'LIN+1++SIGN-90:SA'IMD+F++:::Hausschild 90 cm'QTY+21:2:PCE'PRI+AAA:80'"
    "UNS+S'CNT+2:1'UNT+13+1'UNZ+1+78'"
)


def live_in() -> None:
    """Passwords for everybody, machines, the shipped maps, and an order at every stage of its way."""
    import press_room
    import world
    from steps import Story

    shop = world.known()
    story = Story(shop)
    _let_in(shop)
    press_room.set_up(shop)
    story.publish_maps()
    _rules(story)
    _buyer(story)
    _trade(story)
    _print(story)
    _inbox(shop)
    _talk(story)
    _decided(story)
    story.later()


def _let_in(shop: Any) -> None:
    from django.contrib.auth.hashers import make_password

    from orderway.kernel.access import ROLES, system_actor
    from orderway.kernel.running import run
    from orderway.people.commands import AdmitPerson, Prefer, SetPassword
    from orderway.people.models import Person
    from orderway.people.queries import actor_of

    boss = system_actor(shop.company)
    both = [(EVERYBODY, "Wanda Weitblick"), (GERMAN, "Gerda Weitblick")]
    assert run("people.admit", boss, [AdmitPerson(email, name, list(ROLES), "manager") for email, name in both]).ok
    hashed = make_password(PASSWORD)
    people = Person.objects.filter(email__endswith="@kessler.example").values_list("pk", flat=True)
    assert run("people.set_password", boss, [SetPassword(id, hashed) for id in people]).ok
    Person.objects.exclude(email=GERMAN).update(language="en")
    german = actor_of(Person.objects.get(email=GERMAN).pk, shop.company)
    assert german
    assert run("people.prefer", german, [Prefer("de")]).ok


def _rules(story: Any) -> None:
    """Who approves an order: a table in its second version, with a third one being drawn."""
    from approval_tables import APPROVAL, table

    from orderway.decisions.commands import PublishTable
    from orderway.decisions.commands.draft import SaveTable

    boss = story.shop.administrator
    xml = table("approval", APPROVAL)
    story.ok("decisions.publish", boss, PublishTable(table("approval", APPROVAL[:2]), "order", "The first limits"))
    story.ok("decisions.publish", boss, PublishTable(xml, "order", "Large ones to the board"))
    story.ok("decisions.save_draft", boss, SaveTable("approval", xml.replace("5000", "6000"), "order"))


def _decided(story: Any) -> None:
    from orderway.decisions.commands import DecideOn
    from orderway.kernel.sql import fetch

    orders = fetch("select id from sales_order where company_id = %(company)s::bigint", {"company": story.shop.company})
    story.ok("decisions.decide", story.shop.manager, *[DecideOn(row.id, "approval") for row in orders])


def _buyer(story: Any) -> None:
    from orderway.parties.commands import LearnKey, TakeOn
    from orderway.stock.commands import Move

    shop = story.shop
    buyer = TakeOn(
        "Buchhandlung am Obertor", "DE", BUYER, street="Obertor 8", postcode="96215", city="Lichtenfels",
        email="einkauf@obertor.example",
    )  # fmt: skip
    (id,) = story.ok("parties.take_on", shop.manager, buyer).done
    story.ok("parties.learn", shop.manager, LearnKey(id, "GLN", BUYER_GLN))
    shop.customers[BUYER] = id
    enough = [Move(shop.items[n], shop.warehouses["main"], D(5000)) for n in ("PAP-A4-80", "ENV-DL", "PAP-LX-120")]
    story.ok("stock.move", shop.warehouse, *enough)


def _order(story: Any, quantity: int, customer: str = BUYER, item: str = "PAP-A4-80", **more: Any) -> int:
    from orderway.orders.commands.place import PlaceLine, PlaceOrder

    shop = story.shop
    row = PlaceOrder(shop.customers[customer], [PlaceLine(shop.items[item], D(quantity))], **more)
    (id,) = story.ok("orders.place", shop.manager, row).done
    story.later()
    return int(id)


def _trade(story: Any) -> None:
    """Open, picked, packed, shipped, delivered, paid, taken back, held, cancelled, and one with something in its way."""
    from orderway.billing.commands.pay import Pay
    from orderway.fulfilment.commands.pack import PackShipment
    from orderway.fulfilment.commands.take_back import TakeBack
    from orderway.kernel.registry import Ref
    from orderway.orders.commands.proceed import HoldOrder

    shop = story.shop
    done, unpaid, packed, picked, _open = [_order(story, n, their_reference=f"OBT-{n}") for n in (10, 11, 12, 13, 14)]
    held = _order(story, 15)
    cancelled = _order(story, 16)
    _order(story, 17, "10002")  # no full address: it waits for the manager
    for order in (done, unpaid):
        story.pick_and_send(story.shipments(order)[0].id)
    for order in (done, unpaid):
        story.ok("fulfilment.deliver", shop.warehouse, Ref(story.shipments(order)[0].id))
    (bill,) = story.bills(done)
    story.ok("billing.pay", shop.accountant, Pay(bill.id, bill.due))
    story.pick(story.shipments(packed)[0].id)
    story.ok("fulfilment.pack", shop.warehouse, PackShipment(story.shipments(packed)[0].id))
    story.pick(story.shipments(picked)[0].id)
    line = story.line(unpaid)
    story.ok(
        "fulfilment.take_back", shop.warehouse, TakeBack(unpaid, shop.warehouses["main"], [(line.id, D(1))], "too many")
    )
    story.ok("orders.hold", shop.manager, HoldOrder(held, "The customer settles the address"))
    story.ok("orders.cancel", shop.manager, HoldOrder(cancelled, "The customer has it from elsewhere"))


def _print(story: Any) -> None:
    """One order whose price sheet waits for the accountant, one with placed tickets, one whose form is empty."""
    from datetime import timedelta

    from orderway.kernel.clock import now
    from orderway.kernel.running import ask
    from orderway.production.commands.plan import PlanTicket
    from orderway.workflow.commands.work import CompleteWork

    shop = story.shop
    priced, placed, _empty = [_order(story, n, item="LETTER-A4") for n in (5000, 2000, 1000)]
    form = {
        "format": "A4",
        "paper": "PAP-LX-120",
        "colours": "4/0",
        "finishing": "trim",
        "deadline": f"{now() + timedelta(9):%Y-%m-%d}",
    }

    def decide(actor: Any, order: int, outcome: str, **more: Any) -> None:
        (item,) = [i for i in ask("workflow.work", actor, which="waiting").rows if i.subject_id == order]
        story.ok("workflow.complete", actor, CompleteWork(item.id, outcome, **more))
        story.later()

    for order, run in ((priced, "5000"), (placed, "2000")):
        decide(shop.manager, order, "filled", values={**form, "run": run})
    decide(shop.accountant, placed, "approve", values={})
    decide(shop.quality, placed, "valid", checks=["data_complete", "colours_right", "bleed_right"])
    for ticket in ask("production.tickets", shop.planner, order=placed)[:1]:
        story.ok("production.plan", shop.planner, PlanTicket(ticket.id, now() + timedelta(hours=2)))


def _talk(story: Any) -> None:
    """Somebody asks both of those who hold every role."""
    from orderway.kernel.running import ask
    from orderway.orders.commands.comment import CommentOrder

    order = ask("orders.list", story.shop.manager).rows[0].id
    story.ok("orders.comment", story.shop.manager, CommentOrder(order, "@Wanda Weitblick, @Gerda Weitblick: OK?"))


def _inbox(shop: Any) -> None:
    from orderway.capture.inlets import receive

    assert receive(shop.manager, "unknown.edi", UNKNOWN.encode("latin-1"), "upload").ok
    letter = b"From: A <a@b.example>\r\nTo: orders@kessler.example\r\nSubject: Opening hours\r\nMessage-ID: <1@b.example>\r\n\r\nAre you open on Saturday?\r\n"
    assert receive(shop.manager, "question.eml", letter, "upload").ok


if __name__ == "__main__":
    import django

    django.setup()
    live_in()
