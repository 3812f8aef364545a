"""Faults in an EDI order that are borne and told to a person, and what is refused because something is lost."""

import pytest
from edi_samples import BODY, ISA, ORDERS, PURCHASE, orders, purchase


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("UNT+34+1", "UNT+35+1", "segment 36 (UNT): 35 segments are counted, 34 are here"),
        ("UNT+34+1", "UNT+34+2", "segment 36 (UNT): the reference '2' is not '1' of UNH"),
        ("UNE+1+5", "UNE+2+5", "segment 37 (UNE): 2 messages are counted, 1 are here"),
        ("UNE+1+5", "UNE+1+6", "segment 37 (UNE): the reference '6' is not '5' of UNG"),
        ("UNZ+1+77", "UNZ+2+77", "segment 38 (UNZ): 2 messages or groups are counted, 1 are here"),
        ("UNZ+1+77", "UNZ+1+78", "segment 38 (UNZ): the reference '78' is not '77' of UNB"),
        ("4012345000009:14", "", "segment 1 (UNB): the sender is missing"),
        ("4711+9", "4711+5", "segment 4 (BGM): the function 5 is not 9 (original): is the order 4711 new?"),
    ],
)
def test_an_edifact_order_with_a_fault_that_is_borne_is_read_and_tells_it(old: str, new: str, reason: str) -> None:
    assert old in ORDERS
    reading = orders(ORDERS.replace(old, new, 1))
    assert (reading.status, reading.reason, reading.drafts) == ("order", reason, orders().drafts)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("SE*19*", "SE*91*", "segment 21 (SE): 91 segments are counted, 19 are here"),
        ("SE*19*0001", "SE*19*0002", "segment 21 (SE): the reference '0002' is not '0001' of ST"),
        ("GE*1*5", "GE*2*5", "segment 22 (GE): 2 transaction sets are counted, 1 are here"),
        ("GE*1*5", "GE*1*6", "segment 22 (GE): the reference '6' is not '5' of GS"),
        ("IEA*1*", "IEA*2*", "segment 23 (IEA): 2 groups are counted, 1 are here"),
        ("*1*000000077", "*1*000000078", "segment 23 (IEA): the reference '000000078' is not '000000077' of ISA"),
        ("*00*          *01", "*00* *01", "segment 1 (ISA), element ISA04: 1 characters stand here, 10 are prescribed"),
        ("89      *", "89*", "segment 1 (ISA), element ISA06: 9 characters stand here, 15 are prescribed"),
        ("BEG*00", "BEG*07", "segment 4 (BEG): the function 07 is not 00 (original): is the order 4711 new?"),
    ],
)
def test_an_x12_order_with_a_fault_that_is_borne_is_read_and_tells_it(old: str, new: str, reason: str) -> None:
    assert old in PURCHASE
    reading = purchase(PURCHASE.replace(old, new, 1))
    assert (reading.status, reading.reason) == ("order", reason)
    assert [(draft.number, draft.lines) for draft in reading.drafts] == [
        (draft.number, draft.lines) for draft in purchase().drafts
    ]
    assert reading.drafts[0].customer == purchase().drafts[0].customer


def test_an_order_that_comes_twice_in_one_file_is_not_taken_untouched() -> None:
    assert orders(ORDERS + ORDERS).reason == "segment 41 (UNH): the order 4711 stands more than once in this file"
    assert purchase(PURCHASE + PURCHASE).reason == "segment 26 (ST): the order 4711 stands more than once in this file"


def test_a_message_without_its_envelope_is_read_and_says_what_it_lacks() -> None:
    bare = orders(BODY)
    assert (bare.status, bare.kind, bare.drafts) == ("order", "edifact-orders", orders().drafts)
    assert bare.reason == "segment 1 (BGM): UNB is missing; segment 1 (BGM): UNH is missing"
    in_header = orders("UNH+1+ORDERS:D:96A:UN'" + BODY + "UNT+34+1'")
    assert (in_header.status, in_header.drafts) == ("order", orders().drafts)
    assert in_header.reason.startswith("segment 1 (UNH): UNB is missing")
    invoice = orders("BGM+380+1'MOA+9:10'UNS+S'")
    assert (invoice.status, invoice.kind, invoice.drafts) == ("review", "edifact-invoic", ())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (BODY + "UNT+34+1'", "segment 33 (UNT): UNH is missing"),
        ("UNH+1+ORDERS:D:96A:UN'" + BODY + "UNT+34+1'UNZ+1+7'", "segment 35 (UNZ): UNB is missing"),
        (ORDERS + "UNH+1+ORDERS:D:96A:UN'" + BODY + "UNT+34+1'", "segment 39 (UNH): UNB is expected here, not UNH"),
    ],
)
def test_half_an_envelope_means_that_something_is_lost(text: str, reason: str) -> None:
    reading = orders(text)
    assert (reading.status, reading.drafts) == ("rejected", ())
    assert reading.reason.startswith(reason)


def test_a_message_type_that_cannot_be_is_refused() -> None:
    reading = orders(ORDERS.replace("UNH+1+ORDERS", "UNH+1+ORD ERS"))
    assert (reading.status, reading.reason) == ("rejected", "segment 3 (UNH): 'ORD ERS' is not a message type")


def test_an_order_without_head_and_lines_is_something_for_a_person() -> None:
    empty_850 = purchase(ISA + "GS*PO*A*B*20260102*0815*5*X*004010~ST*850*1~BAL*P*YB*6~SE*3*1~GE*1*5~IEA*1*000000077~")
    assert (empty_850.status, empty_850.kind) == ("review", "x12-850")
    assert empty_850.reason == "segment 3 (ST): the head of the order is missing"
    empty = orders("UNB+UNOA:1+A+B+260102:0815+7'UNH+1+ORDERS:D:96A:UN'FTX+AAA'UNT+3+1'UNZ+1+7'")
    assert (empty.status, empty.kind) == ("review", "edifact-orders")


@pytest.mark.parametrize("name", ["INVOIC", "APERAK"])
def test_another_document_that_breaks_off_goes_to_a_person_as_far_as_it_goes(name: str) -> None:
    reading = orders(ORDERS.replace("ORDERS:D", f"{name}:D")[: ORDERS.index("UNS+S")])
    assert (reading.status, reading.kind, reading.drafts) == ("review", f"edifact-{name.lower()}", ())
    assert "UNT is missing" in reading.reason
    with_order = orders(ORDERS + ORDERS.replace("ORDERS:D", f"{name}:D")[: ORDERS.index("UNS+S")])
    assert with_order.status == "rejected", "who sent an order must send it whole"


def test_an_order_is_held_to_the_rules_whatever_agency_it_names() -> None:
    reading = orders(ORDERS.replace("D:96A:UN:EAN008", "D:96A:ZZ").replace("NAD+SU", "NAD+SUPP"))
    assert (reading.status, reading.reason[:16]) == ("rejected", "segment 13 (NAD)")


def test_a_file_with_a_thousand_faults_has_a_reason_that_can_be_read() -> None:
    invoices = "".join(f"UNH+{number}+INVOIC:D:96A:UN'BGM+380'UNT+4+0'" for number in range(1, 1001))
    reading = orders(f"UNB+UNOA:1+A+B+260102:0815+7'{invoices}UNZ+1000+7'")
    assert reading.status == "review"
    assert reading.reason.endswith("; and 982 more remarks")
    assert len(reading.reason) < 2_000
