"""The X12 transaction set 850 (purchase order) as a draft order.

Source: ASC X12 transaction set 850, versions 003010 to 005010. Codes are those of the data elements 353 (purpose), 374
(dates), 98 (parties), 66 (identification of parties), 235 (item numbers), 522 (amounts) and 639 (basis of the unit
price). Segments and codes that say nothing about what is ordered are passed over.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from orderway.capture.drafts import LineDraft, OrderDraft, PartyDraft
from orderway.capture.readers.segments import Segment, day, fault, number
from orderway.capture.reasons import Reason, remark

# 353: only these make an 850 something else than an order to be taken; 00 is an original order
_WITHHELD = {"01": "cancels", "03": "deletes", "04": "changes"}
_ORIGINAL = "00"
# 374: delivery requested, required by, requested by, scheduled; then shipment requested
_REQUESTED = ("002", "106", "074", "067", "010")
_SELLER_NUMBERS = ("VN", "VP", "VC", "SA")
_BUYER_NUMBERS = ("BP", "IN", "CB", "PI", "SK")
_GTIN_NUMBERS = ("UK", "EN", "EO", "UP", "UA", "UI", "UE")
_TOTALS = ("TT", "GV", "1")
# 639: how many units the price is for; the other codes name a price for one unit
_PRICE_BASES = {
    **dict.fromkeys(("HP", "LC", "QH", "RC", "TC", "WC", "HF"), 100),
    **dict.fromkeys(("LM", "QS", "RM", "TM", "TP", "WM", "TF", "PS"), 1_000),
    **dict.fromkeys(("PD", "LD", "RD", "TD", "WD"), 12),
    "PN": 10, "TT": 10_000, "HT": 100_000,
}  # fmt: skip
_ID_SCHEMES = {"1": "DUNS", "9": "DUNS+4", "UL": "GLN", "91": "SELLER", "92": "BUYER"}
_SENDER_SCHEMES = {"01": "DUNS", "14": "DUNS+4", "07": "GLN"}
# segments that open a loop of their own inside the head or a line
_OPENS = frozenset({"N9", "N1", "SLN", "LDT", "SAC", "SCH", "ADV", "SPI"})

Loop = list[Segment]


def withheld(segments: Sequence[Segment]) -> Reason | None:
    """Why an 850 is not an order to be taken, None when it is: its purpose (BEG01) cancels, deletes or changes one.

    A set that has neither BEG nor a line states no order at all; with one of the two it is a broken order.
    """
    if not any(segment.tag in ("BEG", "PO1") for segment in segments):
        return remark("missing", segments[0].place, what="head")
    begin = _begin(segments)
    place, function = segments[0].place, begin.at(1)
    if function not in _WITHHELD:
        return None
    return remark("changes-order", place, found="850", does=_WITHHELD[function], order=begin.at(3), function=function)


def noted(segments: Sequence[Segment]) -> list[Reason]:
    """What a person must look at in an order: a purpose that is not original may repeat or replace one already here."""
    begin = _begin(segments)
    if begin.at(1) == _ORIGINAL:
        return []
    return [remark("not-original", begin.place, function=begin.at(1), original=_ORIGINAL, order=begin.at(3))]


def order(segments: Sequence[Segment], sender: tuple[str, str]) -> OrderDraft:
    """The order as stated, from its segments ST to SE; `sender` of ISA stands in for a buyer that is not named."""
    begin = _begin(segments)
    head, items, foot = _sections(segments)
    loops = _loops(head)
    parties = {loop[0].at(1): loop for loop in reversed(loops) if loop[0].tag == "N1"}
    lines = tuple(_line(item, position) for position, item in enumerate(items, 1))
    _check_totals(foot, lines)
    return OrderDraft(
        number=begin.at(3),
        reference=_reference(loops) or begin.at(3),
        customer=_party(parties, ("BY", "BT", "ST"), "91") or PartyDraft(ids=_sender_ids(sender)),
        supplier=_party(parties, ("SU", "SE", "VN"), "92") or PartyDraft(),
        delivery=_party(parties, ("ST",), "91") or PartyDraft(),
        currency=_currency(head) or _currency([segment for item in items for segment in item]),
        ordered_on=_day(begin, begin.at(5)),
        requested_on=_requested(loops),
        lines=lines,
        total=_total(foot, _TOTALS),
        note="\n".join(filter(None, (begin.at(4) and f"Release {begin.at(4)}", *_messages(loops)))),
    )


def _begin(segments: Sequence[Segment]) -> Segment:
    begin = segments[1]
    if begin.tag != "BEG":
        raise fault(begin, "other-expected", wanted="BEG", found=begin.tag)
    for element, name in ((1, "purpose"), (2, "order-type"), (3, "number"), (5, "order-date")):
        if not begin.at(element):
            raise fault(begin, "missing", what=name)
    return begin


def _sections(segments: Sequence[Segment]) -> tuple[Loop, list[Loop], Loop]:
    """Head, one list of segments a line (from PO1 on), and foot (from CTT, else SE, on)."""
    head: Loop = []
    items: list[Loop] = []
    foot: Loop = []
    for segment in segments:
        if segment.tag == "PO1" and foot:
            raise fault(segment, "misplaced", found=segment.tag)
        if segment.tag == "PO1":
            items.append([])
        if foot or segment.tag in ("CTT", "SE"):
            foot.append(segment)
        else:
            (items[-1] if items else head).append(segment)
    if not items:
        raise fault(foot[0], "missing", what="line")
    return head, items, foot


def _loops(segments: Sequence[Segment]) -> list[Loop]:
    loops: list[Loop] = [[segments[0]]]
    for segment in segments[1:]:
        if segment.tag in _OPENS:
            loops.append([])
        loops[-1].append(segment)
    return loops


def _line(item: Loop, position: int) -> LineDraft:
    head, loops = item[0], _loops(item)
    own = [segment for loop in loops if loop[0].tag not in ("SLN", "N1", "LDT") for segment in loop]
    quantity = number(head, 2)
    if quantity is None:
        raise fault(head, "missing", what="quantity")
    stated = _item_numbers(head)
    seller, buyer, gtin = (_first(stated, codes) for codes in (_SELLER_NUMBERS, _BUYER_NUMBERS, _GTIN_NUMBERS))
    return LineDraft(
        position=head.at(1) or str(position),
        item=seller or gtin or buyer or next((value for code, value in stated if code not in ("PD", "PR")), ""),
        seller_item=seller,
        buyer_item=buyer,
        gtin=gtin,
        description=" ".join(filter(None, (segment.at(5) for segment in own if segment.tag == "PID")))
        or _first(stated, ("PD",)),
        quantity=quantity,
        unit=head.at(3),
        price=_price(head),
        amount=_total(own, ("1",)),
        requested_on=_requested(loops),
        note="\n".join(_messages(loops)),
    )


def _item_numbers(head: Segment) -> list[tuple[str, str]]:
    """The pairs of qualifier (235) and number (234) from PO106 on, ten at most."""
    pairs = [(head.at(element), head.at(element + 1)) for element in range(6, 26, 2)]
    for code, value in pairs:
        if bool(code) != bool(value):
            raise fault(head, "missing", what="item-qualifier" if value else "item-number")
    return [pair for pair in pairs if pair[1]]


def _first(stated: list[tuple[str, str]], codes: Sequence[str]) -> str:
    return next((value for code, value in stated if code in codes), "")


def _price(head: Segment) -> Decimal | None:
    price = number(head, 4)
    base = _PRICE_BASES.get(head.at(5), 1)
    return price / base if price is not None and base != 1 else price


def _total(segments: Iterable[Segment], codes: Sequence[str]) -> Decimal | None:
    stated = {segment.at(1): number(segment, 2) for segment in segments if segment.tag == "AMT"}
    return next((amount for code in codes if (amount := stated.get(code)) is not None), None)


def _day(segment: Segment, stated: str) -> date:
    # data element 373 has six digits up to version 003070, eight from 004010 on
    return day(segment, stated, "YYYYMMDD" if len(stated) >= 8 else "YYMMDD")


def _requested(loops: list[Loop]) -> date | None:
    """DTM of the head or line itself, else the first delivery of its schedule (SCH)."""
    in_own = [segment for loop in loops if loop[0].tag not in ("N9", "N1", "SLN", "LDT") for segment in loop]
    own = [(segment, 1, 2) for segment in in_own if segment.tag == "DTM"]
    scheduled = [(segment, e, e + 1) for loop in loops for segment in loop if segment.tag == "SCH" for e in (5, 8)]
    for code in _REQUESTED:
        for segment, qualifier, value in own + scheduled:
            if segment.at(qualifier) == code and segment.at(value):
                return _day(segment, segment.at(value))
    return None


def _messages(loops: list[Loop]) -> list[str]:
    segments = (segment for loop in loops if loop[0].tag != "SLN" for segment in loop)
    return [segment.at(1) for segment in segments if segment.tag == "MSG" and segment.at(1)]


def _reference(loops: list[Loop]) -> str:
    """REF+CO, the customer's order number, where it differs from the number of this document."""
    own = (segment for loop in loops if loop[0].tag != "N1" for segment in loop)
    return next((segment.at(2) for segment in own if segment.tag == "REF" and segment.at(1) == "CO"), "")


def _currency(segments: Iterable[Segment]) -> str:
    return next((segment.at(2) for segment in segments if segment.tag == "CUR" and segment.at(2)), "")


def _party(parties: dict[str, Loop], roles: Sequence[str], ours: str) -> PartyDraft | None:
    """The first party in one of the roles; `ours` is the code (66) saying that the other side keeps the number."""
    loop = next((parties[role] for role in roles if role in parties), None)
    if loop is None:
        return None
    named, place = loop[0], next((segment for segment in loop if segment.tag == "N4"), None)
    reach = {segment.at(e): segment.at(e + 1) for segment in loop if segment.tag == "PER" for e in (3, 5, 7)}
    schemes = {**_ID_SCHEMES, ours: "ACCOUNT"}
    return PartyDraft(
        name=named.at(2),
        ids=((schemes.get(named.at(3), named.at(3) or "ID"), named.at(4)),) if named.at(4) else (),
        street=", ".join(filter(None, (s.at(e) for s in loop if s.tag == "N3" for e in (1, 2)))),
        city=", ".join(filter(None, (place.at(1), place.at(2)))) if place else "",
        postcode=place.at(3) if place else "",
        country=place.at(4) if place else "",
        email=reach.get("EM", ""),
        phone=reach.get("TE", ""),
    )


def _sender_ids(sender: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    code, value = sender
    if not value:
        return ()
    return ((_SENDER_SCHEMES.get(code, code or "ID"), value),)


def _check_totals(foot: list[Segment], lines: tuple[LineDraft, ...]) -> None:
    """CTT01 counts the lines; CTT02 is the hash total of PO102 (element 347: decimal points disregarded)."""
    totals = foot[0]
    if totals.tag != "CTT":
        return
    if number(totals, 1) != len(lines):
        raise fault(totals, "count-differs", counted=totals.at(1), what="lines", here=len(lines))
    quantities = [line.quantity for line in lines if line.quantity is not None]
    plain = sum(quantities, Decimal(0))
    digits = sum(int("".join(map(str, abs(quantity).as_tuple().digits))) for quantity in quantities)
    if (stated := number(totals, 2)) is not None and stated not in (plain, Decimal(digits)):
        raise fault(totals, "sum-differs", stated=str(stated), here=str(plain))
