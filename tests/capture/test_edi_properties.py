"""What may not happen to an EDI order: properties over all files that could come."""

import re
from decimal import Decimal

from edi_samples import BODY, ISA, ORDERS, PURCHASE, orders, purchase
from hypothesis import given
from hypothesis import strategies as st

from orderway.capture.drafts import Reading
from orderway.capture.readers import edifact, x12


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
    tag = re.split(r"[+*]", text[:start].splitlines()[-1])[0]
    assert f"({tag}): " in reading.reason
    if tag in ("CNT", "CTT"):
        assert (reading.status, reading.drafts) == ("rejected", ())
    else:
        # the goods are all there by their own count: a person decides
        assert f": {int(other)} " in reading.reason.replace(f": {other} ", f": {int(other)} ")
        assert (reading.status, reading.drafts) == ("order", read().drafts)


@given(st.data())
def test_no_segment_can_be_lost_unnoticed(data: st.DataObject) -> None:
    """One to five segments gone from anywhere inside: refused, or an order that a person is told to look at."""
    text, read, end = data.draw(st.sampled_from([(ORDERS, orders, "'"), (PURCHASE, purchase, "~")]))
    segments = [
        part for part in re.findall(rf"(?:[^?{end}]|\?.)*{end}\n?", text, re.DOTALL) if not part.startswith("UNA")
    ]
    start = data.draw(st.integers(1, len(segments) - 2))
    stop = data.draw(st.integers(start + 1, min(start + 5, len(segments) - 1)))
    left = "".join(segments[:start] + segments[stop:])
    whole_message = stop - start == 1 and segments[start].startswith(("UNG", "UNE"))
    assert read("".join(segments)) == read()
    reading = read(left)
    assert reading.status != "order" or reading.reason, left
    assert not whole_message or reading.status == "rejected"


@given(st.integers(1, len(BODY) - 1))
def test_a_bare_body_that_breaks_off_before_its_summary_is_refused(short: int) -> None:
    reading = orders(BODY[:short])
    if short < BODY.index("UNS+S") + len("UNS+S'"):
        assert (reading.status, reading.drafts) == ("rejected", ())
    else:
        assert reading.status == "rejected" or "(BGM): UNB is missing" in reading.reason


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
