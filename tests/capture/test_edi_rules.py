"""What an EDI order may look like, and what refuses it: one rule a test."""

from datetime import date
from decimal import Decimal

import pytest
from edi_samples import ORDERS, PURCHASE, orders, purchase

from orderway.capture.readers import edifact


def test_an_edifact_order_is_read_whole() -> None:
    reading = orders()
    assert (reading.status, reading.kind, reading.reason) == ("order", "edifact-orders", "")
    order = reading.drafts[0]
    assert (order.number, order.reference, order.currency, order.total) == ("4711", "K-9", "EUR", Decimal("45.00"))
    assert (order.ordered_on, order.requested_on) == (date(2026, 1, 2), date(2026, 1, 20))
    assert order.note == "Hof 2, Tor 'B'"
    assert order.customer.name == "Druck & Papier GmbH"
    assert order.customer.ids == (("GLN", "4012345000009"), ("VAT", "ATU12345678"))
    assert (order.customer.street, order.customer.postcode, order.customer.city) == ("Gasse 1", "8010", "Graz, ST")
    assert (order.customer.country, order.customer.phone) == ("AT", "+43 316 1")
    assert order.supplier.ids == (("ACCOUNT", "77"),)
    assert (order.delivery.name, order.delivery.city) == ("Lager", "Wien")


def test_an_edifact_line_keeps_to_itself_what_is_its_own() -> None:
    first, second = orders().drafts[0].lines
    assert (first.item, first.seller_item, first.buyer_item, first.gtin) == ("SA-1", "SA-1", "B-1", "4006381333931")
    assert (first.description, first.quantity, first.unit) == ("Umschlag C5 weiß", Decimal(1500), "PCE")
    # 2.50 for a hundred; neither the contract's date nor the allowance's amount are the line's
    assert (first.price, first.amount, first.requested_on) == (Decimal("0.025"), Decimal("37.50"), date(2026, 1, 18))
    assert (second.position, second.item, second.quantity) == ("2", "B-2", Decimal(-2))
    assert (second.price, second.amount, second.requested_on) == (None, None, None), (
        "the charge's amount is not the line's"
    )


def test_an_x12_order_is_read_whole() -> None:
    reading = purchase()
    assert (reading.status, reading.kind, reading.reason) == ("order", "x12-850", "")
    order = reading.drafts[0]
    assert (order.number, order.reference, order.currency, order.total) == ("4711", "K-9", "USD", Decimal(4000))
    assert (order.ordered_on, order.requested_on, order.note) == (date(2026, 1, 2), date(2026, 1, 20), "Release 12")
    assert order.customer.ids == (("ACCOUNT", "C-77"),)
    assert (order.customer.street, order.customer.city, order.customer.email) == (
        "1 Main St, Suite 2",
        "Austin, TX",
        "joe@example.com",
    )
    first, second = order.lines
    assert (first.item, first.buyer_item, first.gtin, first.description) == (
        "SA-1",
        "B-1",
        "012345678905",
        "Envelope C5",
    )
    assert (first.price, first.amount, first.requested_on) == (Decimal("2.5"), Decimal(3750), date(2026, 1, 18))
    assert (second.item, second.quantity, second.unit, second.price) == ("B-2", Decimal("2.5"), "LB", None)
    assert second.requested_on is None, "the date belongs to the reference N9"


@pytest.mark.parametrize(
    ("identifier", "encoding", "word"),
    [
        ("UNOC", "iso8859-1", "Größe"),
        ("UNOD", "iso8859-2", "žlutý"),
        ("UNOE", "iso8859-5", "бумага"),
        ("UNOF", "iso8859-7", "χαρτί"),
        ("UNOI", "iso8859-6", "ورق"),
        ("UNOJ", "iso8859-8", "נייר"),
        ("UNOK", "iso8859-9", "kâğıt"),
        ("UNOL", "iso8859-15", "5 €"),
        ("UNOX", "iso2022_jp_2", "紙"),
        ("UNOY", "utf-8", "纸"),
        ("UNOA", "utf-8", "纸"),
        ("UNOA", "iso8859-1", "Größe"),
    ],
)
def test_the_named_character_set_decides(identifier: str, encoding: str, word: str) -> None:
    text = ORDERS.replace("UNOC", identifier).replace("Umschlag C5:weiß", word)
    assert orders(text, encoding).drafts[0].lines[0].description == word


def test_a_byte_that_is_no_character_is_refused_at_its_segment() -> None:
    reading = edifact.read(ORDERS.replace("UNOC", "UNOY").replace("weiß", "wei\xdf").encode("latin-1"))
    assert reading.status == "rejected"
    assert reading.reason == "segment 18 (IMD): the byte 0xdf is no character of utf-8"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("QTY+21:1500:PCE", "QTY+21:15OO:PCE", "segment 19 (QTY): '15OO' is not a number"),
        ("QTY+21:1500:PCE", "QTY+21:1.500,0:PCE", "segment 19 (QTY): '1.500,0' is not a number"),
        ("QTY+21:1500:PCE", "QTY+21:5.:PCE", "segment 19 (QTY): '5.' is not a number"),
        ("QTY+21:1500:PCE", "QTY+21", "segment 19 (QTY): the quantity is missing"),
        ("QTY+21:1500:PCE", "ALI+AT", "segment 16 (LIN): the quantity is missing"),
        ("QTY+21:1500:PCE", "QTYX+21:1500:PCE", "segment 19 (QTYX): 'QTYX' is not a segment tag"),
        ("100:PCE", "0:PCE", "segment 22 (PRI): the price holds for 0 units: the price base must be above zero"),
        ("BGM+220+4711+9", "BGM+220++9", "segment 4 (BGM): the number of the order is missing"),
        ("BGM+220+4711+9", "FTX+220+4711+9", "segment 4 (FTX): BGM is expected here, not FTX"),
        ("UNS+S", "UNS+X", "segment 32 (UNS): 'X' is not a value that may stand here"),
        ("UNS+S", "FTX+S", "segment 36 (UNT): UNS is missing"),
        ("DTM+137:20260102:102", "DTM+137:20260231:102", "segment 5 (DTM): '20260231' is not a date"),
        ("UNB+UNOC:3", "UNB+", "segment 1 (UNB): the syntax identifier is missing"),
        ("UNT+34+1'\n", "", "segment 36 (UNE): UNH of segment 3 is not closed, UNT is missing"),
        ("UNE+1+5'\n", "", "segment 37 (UNZ): UNG of segment 2 is not closed, UNE is missing"),
        ("UNT+34", "UNT+3A", "segment 36 (UNT): '3A' is not a count"),
        ("CNT+2:2", "CNT+2:3", "segment 35 (CNT): 3 lines are counted, 2 are here"),
        ("NAD+SU", "NAD+SUPP", "segment 13 (NAD): 'SUPP' is not a qualifier of at most three characters"),
        ("FTX+DEL+++Hof", "FTX+DEL+++\x07Hof", "segment 7 (FTX): the control character '\\x07' stands in the data"),
    ],
)
def test_a_broken_edifact_order_is_refused_at_its_place(old: str, new: str, reason: str) -> None:
    assert old in ORDERS
    reading = orders(ORDERS.replace(old, new, 1))
    assert (reading.status, reading.kind, reading.reason, reading.drafts) == ("rejected", "edifact-orders", reason, ())


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("*1500*EA", "*15OO*EA", "segment 12 (PO1): '15OO' is not a number"),
        ("*1500*EA", "**EA", "segment 12 (PO1): the quantity is missing"),
        ("*VN*SA-1*", "*VN**", "segment 12 (PO1): the item number is missing"),
        ("BEG*00*SA*4711*", "BEG*00*SA**", "segment 4 (BEG): the number of the order is missing"),
        ("*12*20260102", "*12*20261302", "segment 4 (BEG): '20261302' is not a date"),
        ("CTT*2*", "CTT*3*", "segment 19 (CTT): 3 lines are counted, 2 are here"),
        ("IEA*1*000000077", "IEA*1*77", "segment 23 (IEA): '77' is not a control number of nine digits"),
        ("REF*CO*K-9", "ITD*05************0", "segment 6 (ITD), element ITD13: '0' is not a value that may stand here"),
        ("GE*1*5~\n", "", "segment 22 (IEA): GS of segment 2 is not closed, GE is missing"),
        ("*0815*5*X", "*2515*5*X", "segment 2 (GS): '2515' is not a time of day"),
        (
            "*00*          *01",
            "*00*           *01",
            "segment 1 (ISA), element ISA04: 11 characters stand here, 10 are prescribed",
        ),
        ("*123456789      *", "**", "segment 1 (ISA), element ISA06: the sender is missing"),
        ("Envelope C5", "Envelope\nC5", "segment 13 (PID): the control character '\\n' stands in the data"),
        ("PO1*2*2.5", "\nST*2*2.5", "segment 16 (ST): ST of segment 3 is not closed, SE is missing"),
    ],
)
def test_a_broken_x12_order_is_refused_at_its_place(old: str, new: str, reason: str) -> None:
    assert old in PURCHASE
    reading = purchase(PURCHASE.replace(old, new, 1))
    assert (reading.status, reading.kind, reading.reason, reading.drafts) == ("rejected", "x12-850", reason, ())


@pytest.mark.parametrize("function", ["1", "3", "4"])
def test_a_cancellation_is_never_taken_as_an_order(function: str) -> None:
    edi, set_850 = (
        orders(ORDERS.replace("4711+9", f"4711+{function}")),
        purchase(PURCHASE.replace("BEG*00", f"BEG*0{function}")),
    )
    for reading in (edi, set_850):
        assert (reading.status, reading.drafts) == ("review", ())
        assert "the order 4711" in reading.reason


def test_one_interchange_brings_many_orders_and_one_file_many_interchanges() -> None:
    message = ORDERS[ORDERS.index("UNH+") : ORDERS.index("UNE+")]
    invoice = "UNH+2+INVOIC:D:96A:UN'BGM+380+1'UNT+3+2'"
    second = message.replace("+4711+", "+4712+").replace("UNH+1+", "UNH+3+").replace("UNT+34+1", "UNT+34+3")
    double = ORDERS.replace(message, message + invoice + second).replace("UNE+1", "UNE+3")
    reading = orders(double + ORDERS.replace("+4711+", "+4713+"))
    assert [draft.number for draft in reading.drafts] == ["4711", "4712", "4713"]
    assert reading.reason == "segment 37 (UNH): INVOIC is an invoice, not an order"


def test_an_interchange_without_end_or_for_a_test_says_so() -> None:
    cut_off = orders(ORDERS.replace("UNZ+1+77'\n", ""))
    assert (cut_off.status, cut_off.drafts) == ("order", orders().drafts)
    assert cut_off.reason.startswith("segment 1 (UNB): UNZ is missing")
    test = orders(ORDERS.replace("0815+77'", "0815+77++++++1'"))
    assert test.reason == "segment 1 (UNB): the sender marks this interchange as a test"


def test_a_file_cut_into_lines_of_one_length_is_joined_again() -> None:
    flat = ORDERS.replace("\n", "")
    wrapped = "\r\n".join(flat[start : start + 80] for start in range(0, len(flat), 80))
    assert orders(wrapped) == orders()


TRADACOMS = "STX=ANA:1+1:A+2:B+260102:0815+7'MHD=1+ORDERS:9'CLO=1'ORD=5'OLD=1+2'MTR=5'END=1'"


def test_a_tradacoms_order_goes_to_a_person() -> None:
    reading = edifact.read(TRADACOMS.encode())
    assert (reading.status, reading.kind) == ("review", "tradacoms-orders")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("MTR=5", "MTR=6", "segment 6 (MTR): 6 segments are counted, 5 are here"),
        ("END=1", "END=2", "segment 7 (END): 2 messages are counted, 1 are here"),
        ("MHD=1", "MHD=2", "segment 2 (MHD): 2 messages are counted, 1 are here"),
        ("MTR=5'", "", "segment 6 (END): MHD of segment 2 is not closed, MTR is missing"),
        ("END=1'", "", "segment 6 (MTR): STX of segment 1 is not closed, END is missing"),
        ("ORD=5", "ORD+5", "segment 4 (ORD): 'ORD+5' is not a segment tag"),
    ],
)
def test_a_broken_tradacoms_file_is_refused_at_its_place(old: str, new: str, reason: str) -> None:
    reading = edifact.read(TRADACOMS.replace(old, new).encode())
    assert (reading.status, reading.kind, reading.reason) == ("rejected", "tradacoms-orders", reason)
