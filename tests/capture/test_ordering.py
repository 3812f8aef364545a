"""From what came in to the order: by itself where everything is clear, with a person where it is not, and remembered."""

import json
from datetime import date
from decimal import Decimal as D

import pytest
from doorstep import come_in, csv, doubts, inputs, letter, work
from hypothesis import given, settings
from hypothesis import strategies as st

from orderway.capture import inlets
from orderway.capture.commands.read import ReadInput
from orderway.capture.commands.settle import DismissInput, RejectInput, SettleInput
from orderway.capture.drafts import LineDraft, OrderDraft, PartyDraft
from orderway.capture.reasons import remark
from orderway.capture.rules import differs, same_unit
from orderway.kernel.access import system_actor
from orderway.kernel.checking import differences
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.parties.commands import LearnKey

pytestmark = pytest.mark.usefixtures("db")
CUSTOMER = "Kanzlei Bergmann Roth"


def order_of(shop, row):
    return ask("orders.one", shop.manager, id=row.order_id), ask("orders.lines", shop.manager, id=row.order_id)


def test_a_clear_order_is_placed_without_a_touch(shop):
    come_in(shop, "b.csv", csv(f"B-1;{CUSTOMER};PAP-A4-80;10;4,90", f"B-1;{CUSTOMER};DESIGN-H;2;"))
    (row,) = inputs(shop)
    assert (row.state, row.reason, doubts(row)) == ("order", "", [])
    head, (paper, design) = order_of(shop, row)
    assert (head.number, head.their_reference, head.customer_number) == (row.order_number, "B-1", "10001")
    assert head.channel == "file"
    assert (paper.item_number, paper.quantity, paper.price, paper.net) == ("PAP-A4-80", D(10), D("4.90"), D("49.00"))
    assert (design.item_number, design.net) == ("DESIGN-H", D("150.00"))


def test_the_original_lies_sealed_in_its_parcel_and_belongs_to_the_order(shop):
    come_in(shop, "b.csv", csv(f"B-1;{CUSTOMER};PAP-A4-80;10;"))
    (row,) = inputs(shop)
    (document,) = ask("documents.of_subject", shop.manager, subject_type="order", subject_id=row.order_id)
    assert (document.name, document.parcel_id) == ("b.csv", row.parcel_id)
    assert document.sealed_at
    assert ask("documents.content", shop.manager, document=document.id).content == csv(f"B-1;{CUSTOMER};PAP-A4-80;10;")


def test_three_orders_in_one_table_are_three_orders(shop):
    come_in(shop, "b.csv", csv(*(f"B-{n};{CUSTOMER};ENV-DL;{n};" for n in (1, 2, 3))))
    rows = inputs(shop)
    assert [(row.position, row.state, row.their_number) for row in rows] == [
        (1, "order", "B-1"),
        (2, "order", "B-2"),
        (3, "order", "B-3"),
    ]
    assert len({row.order_id for row in rows}) == 3
    assert [order_of(shop, row)[1][0].quantity for row in rows] == [D(1), D(2), D(3)]


def test_an_unknown_item_is_settled_once_and_known_the_next_time(shop):
    come_in(shop, "b.csv", csv(f"B-1;{CUSTOMER};KP-500;10;", f"B-1;{CUSTOMER};ENV-DL;1;"))
    (row,) = inputs(shop)
    assert (row.state, row.customer, doubts(row)) == ("review", CUSTOMER, ["unknown-item"])
    assert run("capture.settle", shop.manager, [SettleInput(row.id, items={1: shop.items["PAP-A4-80"]})]).done
    work()
    assert [r.state for r in inputs(shop)] == ["order"]
    come_in(shop, "c.csv", csv(f"B-2;{CUSTOMER};KP-500;3;"))
    *_, again = inputs(shop)
    assert again.state == "order"
    assert order_of(shop, again)[1][0].item_number == "PAP-A4-80"


def test_what_one_customer_means_another_does_not(shop):
    come_in(shop, "b.csv", csv(f"B-1;{CUSTOMER};KP-500;10;"))
    run("capture.settle", shop.manager, [SettleInput(inputs(shop)[0].id, items={1: shop.items["PAP-A4-80"]})])
    come_in(shop, "c.csv", csv("B-2;Harrow & Finch Ltd;KP-500;3;"))
    *_, other = inputs(shop)
    assert (other.state, doubts(other)) == ("review", ["unknown-item"])


def test_an_unknown_customer_is_settled_once_and_known_the_next_time(shop):
    come_in(shop, "b.csv", csv("B-1;Bergmann & Partner;PAP-A4-80;1;"))
    (row,) = inputs(shop)
    assert (row.state, doubts(row)) == ("review", ["unknown-customer"])
    assert run("capture.order", shop.manager, [Ref(row.id)]).refused[0].code == "customer-not-settled"
    run("capture.settle", shop.manager, [SettleInput(row.id, shop.customers["10001"])])
    come_in(shop, "c.csv", csv("B-2;Bergmann & Partner;PAP-A4-80;2;"))
    assert [(r.state, r.customer) for r in inputs(shop)] == [("order", CUSTOMER)] * 2


def test_unknown_columns_are_taught_and_the_file_is_read_again(shop):
    odd = f"Nr.;Wer;Was;Wieviel\r\nB-1;{CUSTOMER};ENV-DL;4\r\n".encode()
    come_in(shop, "odd.csv", odd)
    (row,) = inputs(shop)
    assert row.state == "review"
    assert "Wieviel" in row.reason
    meaning = {"Nr.": "number", "Wer": "customer", "Was": "item", "Wieviel": "quantity"}
    run("capture.settle", shop.manager, [SettleInput(row.id, columns=meaning)])
    work()
    come_in(shop, "odd2.csv", odd.replace(b"B-1", b"B-2"))
    assert [(r.state, r.their_number) for r in inputs(shop)] == [("order", "B-1"), ("order", "B-2")]
    assert run("capture.settle", shop.manager, [SettleInput(row.id, columns={"Nr.": "nonsense"})]).refused


def test_a_price_that_is_not_ours_waits_for_a_person(shop):
    come_in(shop, "b.csv", csv(f"B-1;{CUSTOMER};PAP-A4-80;10;4,10"))
    (row,) = inputs(shop)
    assert (row.state, doubts(row)) == ("review", ["price-differs"])
    facts = json.loads(row.findings)[0][1]
    assert (D(facts["stated"]), D(facts["ours"])) == (D("4.10"), D("4.90"))
    run("capture.settle", shop.manager, [SettleInput(row.id, stated_prices=True)])
    work()
    assert order_of(shop, inputs(shop)[0])[1][0].price == D("4.10")


def test_a_person_may_order_at_our_price_instead(shop):
    come_in(shop, "b.csv", csv(f"B-1;{CUSTOMER};PAP-A4-80;10;4,10"))
    (row,) = inputs(shop)
    assert run("capture.order", shop.manager, [Ref(row.id)]).done
    assert order_of(shop, inputs(shop)[0])[1][0].price == D("4.90")


def test_a_number_that_is_our_own_number_of_the_customer_is_enough(shop):
    table = b"Bestellnummer;Kundennummer;Artikelnummer;Menge\r\nB-1;10003;ENV-DL;1\r\n"
    come_in(shop, "b.csv", table)
    assert [(r.state, r.customer) for r in inputs(shop)] == [("order", "Imprimerie Lac")]


def test_a_broken_file_is_rejected_with_the_place(shop):
    come_in(shop, "b.csv", csv(f"B-1;{CUSTOMER};PAP-A4-80;x;"))
    (row,) = inputs(shop)
    assert (row.state, row.reason) == ("rejected", "row 2, column Menge: 'x' is not a number")


def test_a_mail_is_one_message_with_an_input_for_every_file_that_may_be_an_order(shop):
    inner, outer = letter("<inner@kunde.example>"), letter()
    inner.add_attachment(csv(f"B-2;{CUSTOMER};ENV-DL;2;"), maintype="text", subtype="csv", filename="b.csv")
    outer.add_attachment(csv(f"B-1;{CUSTOMER};ENV-DL;1;"), maintype="text", subtype="csv", filename="a.csv")
    outer.add_attachment(b"\x89PNG\r\n", maintype="image", subtype="png", filename="logo.png", disposition="inline")
    outer.add_attachment(inner)
    message = come_in(shop, "mail.eml", outer.as_bytes(), "imap")
    rows = inputs(shop)
    assert [(r.name, r.state, r.message_id) for r in rows] == [("a.csv", "order", message), ("b.csv", "order", message)]
    said = ask("mail.one", shop.manager, id=message)
    assert (said.sender, said.subject) == ("einkauf@kunde.example", "Bestellung")
    assert said.text.startswith("Guten Tag,")
    papers = ask("documents.in_parcel", shop.manager, id=said.parcel_id)
    assert [paper.name for paper in papers] == ["mail.eml", "a.csv", "logo.png", "b.csv"]
    assert all(paper.sealed_at for paper in papers)
    heads = [order_of(shop, row)[0] for row in rows]
    assert [head.channel for head in heads] == ["mail", "mail"]
    linked = ask("documents.of_subject", shop.manager, subject_type="order", subject_id=heads[1].id)
    assert [paper.name for paper in linked] == ["mail.eml", "b.csv"]


def test_a_letter_without_a_file_waits_for_a_person(shop):
    come_in(shop, "mail.eml", letter().as_bytes())
    (row,) = inputs(shop)
    assert (row.state, row.kind, row.subject) == ("review", "mail", "Bestellung")
    assert run("capture.dismiss", shop.manager, [DismissInput(row.id, "question")]).done
    assert [(r.state, r.dismissed_as) for r in inputs(shop)] == [("not_an_order", "question")]


def test_the_sender_is_known_where_the_order_names_nobody(shop):
    run("parties.learn", shop.manager, [LearnKey(shop.customers["10002"], "email", "einkauf@kunde.example")])
    mail = letter()
    mail.add_attachment(b"Bestellnummer;Artikelnummer;Menge\r\nB-1;ENV-DL;3\r\n", maintype="text", subtype="csv")
    come_in(shop, "mail.eml", mail.as_bytes())
    assert [(r.state, r.customer) for r in inputs(shop)] == [("order", "Harrow & Finch Ltd")]


def test_what_is_refused_keeps_its_reason_and_can_be_read_again(shop):
    come_in(shop, "b.pdf", b"%PDF-1.4 broken")
    (row,) = inputs(shop)
    assert row.state in ("review", "rejected")
    assert [r.code for r in run("capture.reject", shop.manager, [RejectInput(row.id, " ")]).refused]
    if row.state == "review":
        run("capture.reject", shop.manager, [RejectInput(row.id, "not for us")])
        assert inputs(shop)[0].reason == "not for us"
    assert run("capture.reread", shop.manager, [Ref(row.id)]).done
    work()
    assert inputs(shop)[0].state == row.state


def test_an_order_is_made_once(shop):
    come_in(shop, "b.csv", csv(f"B-1;{CUSTOMER};PAP-A4-80;10;"))
    (row,) = inputs(shop)
    assert [r.code for r in run("capture.order", shop.manager, [Ref(row.id)]).refused] == ["wrong-intake-state"]
    assert [r.code for r in run("capture.dismiss", shop.manager, [DismissInput(row.id)]).refused] == [
        "wrong-intake-state"
    ]


def test_a_stranger_and_a_packer_can_do_nothing_here(shop):
    come_in(shop, "b.csv", csv("B-1;Nobody;PAP-A4-80;10;"))
    (row,) = inputs(shop)
    assert inputs(shop.__class__(shop.company, {"manager": shop.stranger}, {}, {}, {}, None)) == []
    assert [r.code for r in run("capture.order", shop.stranger, [Ref(row.id)]).refused] == ["unknown-intake"]
    assert [r.code for r in run("capture.order", shop.warehouse, [Ref(row.id)]).refused] == ["not-allowed"]


def test_two_hundred_orders_at_once_each_get_their_own(shop):
    """CF-13: nothing is mixed up, in one table and in many files."""
    many = csv(*(f"T-{n};{CUSTOMER};ENV-DL;{n};" for n in range(1, 101)))
    inlets.receive(shop.manager, "many.csv", many, "upload")
    for n in range(101, 201):
        inlets.receive(shop.manager, f"{n}.csv", csv(f"T-{n};Harrow & Finch Ltd;PAP-LX-120;{n};"), "upload")
    work()
    rows = inputs(shop)
    assert {row.state for row in rows} == {"order"}
    lines = fetch(
        "select o.their_reference as ref, l.quantity, p.number as customer from sales_order o join party p on p.id = o.customer_id"
        " join order_line l on l.order_id = o.id where o.their_reference like 'T-%%'",
        {},
    )
    expected = {(f"T-{n}", D(n), "10001" if n < 101 else "10002") for n in range(1, 201)}
    assert {(row.ref, row.quantity, row.customer) for row in lines} == expected
    assert len(lines) == 200


def test_inputs_are_processed_open_or_rejected_at_every_instant(shop):
    files = {
        "ok.csv": csv(f"B-1;{CUSTOMER};ENV-DL;1;"),
        "unknown.csv": csv("B-2;Nobody;ENV-DL;1;"),
        "bad.csv": csv(f"B-3;{CUSTOMER};ENV-DL;x;"),
        "empty": b"",
        "mail.eml": letter().as_bytes(),
    }
    for name, data in files.items():
        inlets.receive(shop.manager, name, data, "upload")
        assert balance(shop)
    work()
    assert balance(shop)
    counts = {row.state: row.n for row in ask("capture.counts", shop.manager)}
    assert counts == {"order": 1, "review": 2, "rejected": 2}
    assert differences() == []


def balance(shop) -> bool:
    (inbound,) = fetch("select count(*) as n from message where direction = 'in'", {})
    return inbound.n == sum(row.n for row in ask("capture.counts", shop.manager))


def test_a_message_nobody_deals_with_is_found(shop):
    come_in(shop, "b.csv", csv(f"B-1;{CUSTOMER};ENV-DL;1;"))
    fetch("delete from intake", {})
    assert any("nobody deals with it" in line for line in differences())


@pytest.mark.parametrize("quantity", ["9999999999999999999999", "-3", "0"])
def test_a_quantity_that_cannot_be_waits_for_a_person(shop, quantity):
    come_in(shop, "b.csv", csv(f"B-1;{CUSTOMER};ENV-DL;{quantity};"))
    assert inputs(shop)[0].state in ("review", "rejected")


def test_characters_that_no_database_takes_are_left_out(shop):
    inlets.receive(shop.manager, "b.csv", csv(), "upload")
    id = inputs(shop)[0].id
    line = LineDraft("1", item="EN\0V-DL", quantity=D(1), note="back\\u0000slash")
    draft = OrderDraft("B\0-1", customer=PartyDraft(CUSTOMER), lines=(line,))
    run(
        "capture.read",
        system_actor(shop.company),
        [ReadInput(id, "review", "csv", (remark("as-written", text="be\0cause"),), (draft,))],
    )
    (row,) = inputs(shop)
    assert (row.their_number, row.reason) == ("B-1", "because")
    kept = json.loads(ask("capture.one", shop.manager, id=id).draft)
    assert kept["lines"][0]["note"] == "back\\u0000slash"


@given(stated=st.decimals("0.0001", "9999", places=4), ours=st.decimals("0.0001", "9999", places=4))
@settings(max_examples=200, deadline=None)
def test_prices_of_four_decimals_differ_when_they_are_not_the_same(stated, ours):
    assert differs(stated, ours) == (stated != ours)


@pytest.mark.parametrize(
    ("stated", "fits"), [("", True), ("PCE", True), ("ea", True), ("H87", True), ("KGM", False), ("BX", False)]
)
def test_units(stated, fits):
    assert same_unit(stated, "H87") is fits


def test_a_day_and_a_line_note_travel_along(shop):
    table = f"Bestellnummer;Kunde;Artikelnummer;Menge;Liefertermin\r\nB-1;{CUSTOMER};ENV-DL;3;2031-05-06\r\n".encode()
    come_in(shop, "b.csv", table)
    assert order_of(shop, inputs(shop)[0])[1][0].requested_on == date(2031, 5, 6)
    assert LineDraft("1").requested_on is None
