"""What an EDI order may look like, and what may not happen to it: one rule a test, properties over all files that could come."""

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderway.capture.drafts import Reading
from orderway.capture.readers import edifact, x12

ORDERS = """UNA:+.? '
UNB+UNOC:3+4012345000009:14+4399901000007:14+260102:0815+77'
UNG+ORDERS+A+B+260102:0815+5+UN+D:96A'
UNH+1+ORDERS:D:96A:UN:EAN008'
BGM+220+4711+9'
DTM+137:20260102:102'
DTM+2:202601201000:203'
FTX+DEL+++Hof 2, Tor ?'B?''
RFF+CR:K-9'
NAD+BY+4012345000009::9++Druck & Papier:GmbH+Gasse 1+Graz+ST+8010+AT'
RFF+VA:ATU12345678'
CTA+OC+:Huber'
COM+?+43 316 1:TE'
NAD+SU+77::92'
NAD+DP+++Lager+Ring 9+Wien++1010+AT'
CUX+2:EUR:9'
LIN+1++4006381333931:EN'
PIA+1+SA-1:SA+B-1:IN'
IMD+F++:::Umschlag C5:weiß'
QTY+21:1500:PCE'
DTM+2:20260118:102'
MOA+203:37.50'
PRI+AAA:2.50::NTP:100:PCE'
RFF+CT:99'
DTM+171:20250101:102'
ALC+A'
MOA+8:1.00'
LIN+2'
PIA+5+B-2:BP'
QTY+21:-2:PCE'
ALC+C'
MOA+203:9.99'
UNS+S'
MOA+79:37.50'
MOA+86:45.00'
CNT+2:2'
UNT+34+1'
UNE+1+5'
UNZ+1+77'
"""
ISA = "ISA*00*          *00*          *01*123456789      *ZZ*SHOP           *260102*0815*U*00401*000000077*0*P*>~"
PURCHASE = (
    ISA
    + """
GS*PO*A*B*20260102*0815*5*X*004010~
ST*850*0001~
BEG*00*SA*4711*12*20260102~
CUR*BY*USD~
REF*CO*K-9~
DTM*002*20260120~
N1*BY*Print Co*91*C-77~
N3*1 Main St*Suite 2~
N4*Austin*TX*78701*US~
PER*BD*Joe*TE*512 1*EM*joe@example.com~
PO1*1*1500*EA*250*HP*VN*SA-1*BP*B-1*UP*012345678905~
PID*F****Envelope C5~
DTM*002*20260118~
AMT*1*3750~
PO1*2*2.5*LB***BP*B-2~
N9*ZZ*1~
DTM*002*20300101~
CTT*2*1502.5~
AMT*TT*4000~
SE*19*0001~
GE*1*5~
IEA*1*000000077~
"""
)


def orders(text: str = ORDERS, encoding: str = "latin-1") -> Reading:
    return edifact.read(text.encode(encoding))


def purchase(text: str = PURCHASE) -> Reading:
    return x12.read(text.encode())


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
        ("QTY+21:1500:PCE", "ALI+AT", "segment 16 (LIN): the line has no quantity (QTY)"),
        ("QTY+21:1500:PCE", "QTYX+21:1500:PCE", "segment 19 (QTY): 'QTYX' is not a segment tag"),
        ("100:PCE", "0:PCE", "segment 22 (PRI): the price holds for 0 units: the price base must be above zero"),
        ("BGM+220+4711+9", "BGM+220++9", "segment 4 (BGM): the number of the order is missing"),
        ("BGM+220+4711+9", "FTX+220+4711+9", "segment 4 (FTX): BGM must follow UNH"),
        ("UNS+S", "UNS+X", "segment 32 (UNS): the section 'X' cannot begin here"),
        ("UNS+S", "FTX+S", "segment 36 (UNT): the message ends without UNS"),
        ("DTM+137:20260102:102", "DTM+137:20260231:102", "segment 5 (DTM): '20260231' is not a date of the calendar"),
        ("UNT+34+1", "UNT+34+2", "segment 36 (UNT): the reference '2' is not '1' of UNH"),
        ("UNE+1+5", "UNE+1+6", "segment 37 (UNE): the reference '6' is not '5' of UNG"),
        ("NAD+SU", "NAD+SUPP", "segment 13 (NAD): the qualifier 'SUPP' has 4 characters, at most 3 are allowed"),
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
        ("*1500*EA", "**EA", "segment 12 (PO1): the line has no quantity (PO102)"),
        ("*VN*SA-1*", "*VN**", "segment 12 (PO1): the item number 'VN' has no value"),
        ("BEG*00*SA*4711*", "BEG*00*SA**", "segment 4 (BEG): the number of the order is missing"),
        ("*12*20260102", "*12*20261302", "segment 4 (BEG): '20261302' is not a date of the calendar"),
        ("SE*19*0001", "SE*19*0002", "segment 21 (SE): the control number '0002' is not '0001' of ST"),
        ("GE*1*5", "GE*1*6", "segment 22 (GE): the control number 6 is not 5 of GS"),
        ("*0815*5*X", "*2515*5*X", "segment 2 (GS): '2515' is not a time of day"),
        ("*00*          *01", "*00* *01", "segment 1 (ISA): ISA04 has 1 characters, 10 are prescribed"),
        ("Envelope C5", "Envelope\nC5", "segment 13 (PID): a line break or tab stands inside the segment"),
        ("PO1*2*2.5", "\nST*2*2.5", "segment 16 (ST): the set of segment 3 (ST) has no SE"),
    ],
)
def test_a_broken_x12_order_is_refused_at_its_place(old: str, new: str, reason: str) -> None:
    assert old in PURCHASE
    reading = purchase(PURCHASE.replace(old, new, 1))
    assert (reading.status, reading.kind, reading.reason, reading.drafts) == ("rejected", "x12-850", reason, ())


def test_the_padding_of_a_partner_number_may_be_lost_on_the_way() -> None:
    assert purchase(PURCHASE.replace("*123456789      *", "*123456789*")) == purchase()


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
    double = ORDERS.replace(message, message + invoice + message.replace("+4711+", "+4712+")).replace("UNE+1", "UNE+3")
    reading = orders(double + ORDERS)
    assert [draft.number for draft in reading.drafts] == ["4711", "4712", "4711"]
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
        ("MHD=1", "MHD=2", "segment 2 (MHD): the message is numbered 2, it is number 1"),
        ("MTR=5'", "", "segment 6 (END): the message of segment 2 (MHD) has no MTR"),
        ("END=1'", "", "segment 6 (MTR): the input ends here, END is missing"),
        ("ORD=5", "ORD+5", "segment 4 (ORD): 'ORD+5' is not a segment tag with '=' behind it"),
    ],
)
def test_a_broken_tradacoms_file_is_refused_at_its_place(old: str, new: str, reason: str) -> None:
    reading = edifact.read(TRADACOMS.replace(old, new).encode())
    assert (reading.status, reading.kind, reading.reason) == ("rejected", "tradacoms-orders", reason)


def counts_of(text: str, tags: str) -> list[tuple[int, int]]:
    return [found.span(1) for found in re.finditer(rf"\b(?:{tags})([0-9.]+)", text)]


@given(st.data())
def test_no_control_count_can_be_changed_unnoticed(data: st.DataObject) -> None:
    edi = counts_of(ORDERS, r"UNT\+|UNE\+|UNZ\+|CNT\+2:")
    set_850 = counts_of(PURCHASE, r"SE\*|GE\*|IEA\*|CTT\*|CTT\*2\*")
    assert (len(edi), len(set_850)) == (4, 4)
    set_850 += counts_of(PURCHASE, r"CTT\*2\*")
    text, read, spots = data.draw(st.sampled_from([(ORDERS, orders, edi), (PURCHASE, purchase, set_850)]))
    start, end = data.draw(st.sampled_from(spots))
    other = data.draw(
        st.integers(0, 99_999).map(str).filter(lambda number: Decimal(number) not in (Decimal(text[start:end]), 15025))
    )
    reading = read(text[:start] + other + text[end:])
    assert (reading.status, reading.drafts) == ("rejected", ())


@given(st.data())
def test_nothing_that_comes_breaks_the_readers(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from([ORDERS.encode("latin-1"), PURCHASE.encode()]))
    start = data.draw(st.integers(0, len(whole)))
    gone = data.draw(st.integers(0, 12))
    broken = whole[:start] + data.draw(st.binary(max_size=12)) + whole[start + gone :]
    for reader in (edifact, x12):
        reading = reader.read(broken)
        assert isinstance(reading, Reading)
        assert (reading.status == "order") == bool(reading.drafts)
        assert reading.reason or reading.status == "order"
        assert re.fullmatch(r"[a-z0-9-]+", reading.kind)


@given(st.integers(0, len(PURCHASE) - 1), st.integers(0, len(ORDERS) - 1))
def test_a_file_that_breaks_off_is_never_taken_for_whole(short: int, brief: int) -> None:
    last = PURCHASE.rindex("~")
    assert purchase(PURCHASE[:short]).status == ("order" if short > last else "rejected")
    group_end = ORDERS.index("UNZ+")
    reading = orders(ORDERS[:brief])
    if brief > ORDERS.rindex("'"):
        assert reading == orders()
    elif group_end - 1 <= brief <= group_end:
        assert "UNZ is missing" in reading.reason
    else:
        assert reading.status == "rejected"


TEXT = st.text(st.characters(codec="latin-1", exclude_categories=("Cc", "Zs")), min_size=1, max_size=12)
NUMBERS = st.decimals(min_value=0, max_value=10**9, places=3)
SIGNS = st.lists(st.sampled_from("+:'*=~|#^!@?%&;"), min_size=4, max_size=4, unique=True)


@given(SIGNS, st.lists(st.tuples(TEXT, TEXT, NUMBERS, NUMBERS), min_size=1, max_size=4), st.sampled_from(".,"))
def test_any_service_characters_carry_any_text(
    signs: list[str], lines: list[tuple[str, str, Decimal, Decimal]], mark: str
) -> None:
    """Written with signs drawn at random, the lines come back as they went in: the release character hides every sign."""
    component, element, terminator, release = signs

    def told(*elements: tuple[str, ...] | str) -> str:
        parts = [(part,) if isinstance(part, str) else part for part in elements]
        hidden = [["".join(release + c if c in signs else c for c in value) for value in part] for part in parts]
        return element.join(component.join(part) for part in hidden) + terminator

    body = told("UNH", "1", ("ORDERS", "D", "96A", "UN")) + told("BGM", "220", "1")
    for position, (item, name, quantity, price) in enumerate(lines, 1):
        body += told("LIN", str(position), "", (item, "SA")) + told("IMD", "F", "", ("", "", "", name))
        body += told("QTY", ("21", str(quantity).replace(".", mark))) + told(
            "PRI", ("AAA", str(price).replace(".", mark))
        )
    body += told("UNS", "S") + told("UNT", str(4 * len(lines) + 4), "1")
    text = f"UNA{component}{element}{mark}{release} {terminator}" + told(
        "UNB", ("UNOC", "3"), "A", "B", ("260102", "0815"), "7"
    )
    reading = orders(text + body + told("UNZ", "1", "7"))
    assert reading.reason == ""
    assert [(line.item, line.description, line.quantity, line.price) for line in reading.drafts[0].lines] == lines


@given(SIGNS, st.lists(st.tuples(TEXT, NUMBERS, NUMBERS), min_size=1, max_size=4), st.sampled_from(["", "\n", "\r\n"]))
def test_any_delimiters_carry_any_x12_order(
    signs: list[str], lines: list[tuple[str, Decimal, Decimal]], between: str
) -> None:
    separator, component, terminator, _ = signs
    hidden = {ord(sign): "" for sign in signs}
    lines = [(item.translate(hidden) or "x", quantity, price) for item, quantity, price in lines]
    header = ISA[:-2].replace("*", separator) + component
    segments = ["GS*PO*A*B*20260102*0815*5*X*004010", "ST*850*0001", "BEG*00*SA*1**20260102"]
    told = [segment.split("*") for segment in segments]
    told += [
        ["PO1", str(n), str(quantity), "EA", str(price), "", "VN", item]
        for n, (item, quantity, price) in enumerate(lines, 1)
    ]
    told += [["CTT", str(len(lines))], ["SE", str(len(lines) + 4), "0001"], ["GE", "1", "5"], ["IEA", "1", "000000077"]]
    text = (terminator + between).join([header, *(separator.join(segment) for segment in told)])
    reading = x12.read((text + terminator).encode())
    assert reading.reason == ""
    assert [(line.item, line.quantity, line.price) for line in reading.drafts[0].lines] == lines
