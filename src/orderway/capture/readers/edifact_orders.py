"""The EDIFACT message ORDERS as a draft order.

Source: UN/EDIFACT directory D.96A, message ORDERS (the UN's standard message and EANCOM's subset of it), with the
differences of D.93A to D.03B that touch an order: GTINs coded EN or SRV, the composite C106 of BGM, repeated elements
in syntax version 4. Codes are those of the data elements 1225 (function), 2005 and 2379 (dates and their formats), 3035
(parties), 3055 (agencies), 5025 (amounts), 5125 (prices), 6063 (quantities), 7143 (item numbers). Codes that say
nothing about what is ordered are passed over.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from orderway.capture.drafts import LineDraft, OrderDraft, PartyDraft
from orderway.capture.readers.edifact_messages import Message
from orderway.capture.readers.segments import Segment, day, fault, number
from orderway.capture.reasons import Reason, remark

# 1225: only these make an ORDERS message something else than an order to be taken
_WITHHELD = {"1": "cancels", "3": "deletes", "4": "changes"}
# 1225: an original; it is conditional, and left out it means the same
_ORIGINAL = ("", "9")
# 2005: order date before document date; requested delivery, then what narrows it, then shipment
_ORDERED = ("4", "137")
_REQUESTED = ("2", "69", "74", "67", "76", "63", "64", "10")
# 2379: how the formats begin; the time of day behind is left aside
_FORMATS = {
    **dict.fromkeys(("", "102", "203", "204", "205", "303", "304", "711", "713", "718", "719"), "YYYYMMDD"),
    **dict.fromkeys(("101", "201", "202", "301", "302"), "YYMMDD"),
    "2": "DDMMYY", "3": "MMDDYY", "4": "DDMMYYYY",
}  # fmt: skip
_SELLER_NUMBERS = ("SA", "VN", "VP")
_BUYER_NUMBERS = ("IN", "BP")
_GTIN_NUMBERS = ("EN", "SRV", "UP", "EU", "EAN")
_NET_PRICES = ("AAA", "CAL", "INV", "INF")
_ORDERED_QUANTITIES = ("21", "1")
_TOTALS = ("86", "128", "79", "9")
_LINE_AMOUNTS = ("203", "66")
# segments that open a group of their own: what follows belongs to it, not to the line or the head
_OPENS = frozenset(
    {
        "RFF",
        "NAD",
        "TAX",
        "CUX",
        "PAT",
        "TDT",
        "TOD",
        "PAC",
        "EQD",
        "SCC",
        "APR",
        "ALC",
        "RCS",
        "DGS",
        "PRI",
        "LOC",
        "UNS",
    }
)
_OWN = frozenset({"UNH", "BGM", "LIN", "RFF", "PRI", "CUX", "PAT", "TAX", "UNS"})

Group = list[Segment]


def withheld(message: Message) -> Reason | None:
    """Why an ORDERS message is no order to be taken, else None: its function (1225) cancels, deletes or changes one.

    A message that has neither BGM nor a line states no order at all; with one of the two it is a broken order.
    """
    if not any(segment.tag in ("BGM", "LIN") for segment in message.segments):
        return remark("missing", message.segments[0].place, what="head")
    begin = _begin(message)
    place, function = message.segments[0].place, begin.at(3)
    if function not in _WITHHELD:
        return None
    return remark(
        "changes-order", place, found="ORDERS", does=_WITHHELD[function], order=begin.at(2), function=function
    )


def noted(message: Message) -> list[Reason]:
    """What a person must look at in an order: a function that is not original may repeat or replace one already here."""
    begin = _begin(message)
    if begin.at(3) in _ORIGINAL:
        return []
    return [remark("not-original", begin.place, function=begin.at(3), original="9", order=begin.at(2))]


def order(message: Message, sender: tuple[str, str]) -> OrderDraft:
    """The order as stated; `sender` of the interchange stands in for a buyer that is not named.

    Raises `Unreadable` with the segment.
    """
    begin = _begin(message)
    head, items, foot = _sections(message)
    groups = _groups(head)
    parties = {group[0].at(1): group for group in reversed(groups) if group[0].tag == "NAD"}
    lines = tuple(_line(item, position) for position, item in enumerate(items, 1))
    summary = [segment for group in _groups(foot) if group[0].tag in _OWN for segment in group]
    _check_line_count(summary, len(lines))
    dates = _own(groups, "DTM")
    return OrderDraft(
        number=begin.at(2),
        reference=_reference(groups, "CR") or _reference(groups, "ON") or begin.at(2),
        customer=_party(parties, ("BY", "OB", "IV"), "91") or PartyDraft(ids=_sender_ids(sender)),
        supplier=_party(parties, ("SU", "SE"), "92") or PartyDraft(),
        delivery=_party(parties, ("DP", "ST", "CN", "UC"), "91") or PartyDraft(),
        currency=_currency(groups, summary),
        ordered_on=_date(dates, _ORDERED),
        requested_on=_date(dates, _REQUESTED),
        lines=lines,
        total=_amount(summary, _TOTALS),
        note=_text(_own(groups, "FTX")),
    )


def _begin(message: Message) -> Segment:
    first = message.segments[0]
    begin = first if first.tag == "BGM" else message.segments[1]
    if begin.tag != "BGM":
        raise fault(begin, "other-expected", wanted="BGM", found=begin.tag)
    if not begin.at(2):
        raise fault(begin, "missing", what="number")
    return begin


def _sections(message: Message) -> tuple[Group, list[Group], Group]:
    """Head, one list of segments a line, and foot: from UNS+S (mandatory in ORDERS) on."""
    head: Group = []
    items: list[Group] = []
    foot: Group = []
    for segment in message.segments:
        if segment.tag == "LIN" and foot:
            raise fault(segment, "misplaced", found=segment.tag)
        if segment.tag == "LIN":
            items.append([])
        if foot or (segment.tag == "UNS" and segment.at(1) == "S"):
            foot.append(segment)
        else:
            (items[-1] if items else head).append(segment)
    if not foot:
        raise fault(message.segments[-1], "missing", what="UNS")
    if not items:
        raise fault(foot[0], "missing", what="line")
    return head, items, foot


def _groups(segments: Sequence[Segment]) -> list[Group]:
    groups: list[Group] = [[segments[0]]]
    for segment in segments[1:]:
        # a party has references and places of its own, and so has a place of delivery
        inside_party = groups[-1][0].tag == "NAD" and segment.tag in ("RFF", "LOC")
        if segment.tag in _OPENS and not inside_party:
            groups.append([])
        groups[-1].append(segment)
    return groups


def _own(groups: Iterable[Group], tag: str) -> list[Segment]:
    return [segment for group in groups if group[0].tag in _OWN for segment in group if segment.tag == tag]


def _of(groups: Iterable[Group], opening: str, tag: str) -> list[Segment]:
    return [segment for group in groups if group[0].tag == opening for segment in group if segment.tag == tag]


def _line(item: Group, position: int) -> LineDraft:
    groups, head = _groups(item), item[0]
    seller, buyer, gtin, other = _item_numbers(item)
    quantity, unit = _quantity(groups, head)
    described, titles = _description(_own(groups, "IMD")), [text for text in _own(groups, "FTX") if text.at(1) == "AFM"]
    notes = [text for text in _own(groups, "FTX") if described or text not in titles]
    return LineDraft(
        position=head.at(1) or str(position),
        item=seller or gtin or buyer or other,
        seller_item=seller,
        buyer_item=buyer,
        gtin=gtin,
        # AFM is the code for a title: book orders name the article there
        description=described or _text(titles),
        quantity=quantity,
        unit=unit,
        price=_price(groups),
        amount=_amount(_own(groups, "MOA"), _LINE_AMOUNTS),
        requested_on=_date(_own(groups, "DTM") + _of(groups, "SCC", "DTM"), _REQUESTED),
        note=_text(notes),
    )


def _item_numbers(item: Group) -> tuple[str, str, str, str]:
    """Seller's, buyer's, GTIN and any other number: LIN first, then the five of PIA, additional (1) or main (5)."""
    stated = [(item[0].at(3, 2), item[0].at(3))]
    for segment in item:
        if segment.tag == "PIA":
            for element in range(2, 7):
                stated += zip(segment.repeated(element, 2), segment.repeated(element), strict=True)
    stated = [(code, value) for code, value in stated if value]

    def first(codes: Sequence[str]) -> str:
        return next((value for code, value in stated if code in codes), "")

    return first(_SELLER_NUMBERS), first(_BUYER_NUMBERS), first(_GTIN_NUMBERS), next((value for _, value in stated), "")


def _quantity(groups: list[Group], head: Segment) -> tuple[Decimal | None, str]:
    """The ordered quantity and its unit: of the line itself, else the sum over its delivery schedule (SCC)."""
    own, scheduled = _own(groups, "QTY"), _of(groups, "SCC", "QTY")
    for quantities in (own, scheduled):
        for code in _ORDERED_QUANTITIES:
            found = [(number(quantity, 1, 2), quantity) for quantity in quantities if quantity.at(1) == code]
            for stated, quantity in found:
                if stated is None:
                    raise fault(quantity, "missing", what="quantity")
            if found and quantities is own:
                return found[0][0], found[0][1].at(1, 3)
            if found:
                return sum((stated for stated, _ in found if stated is not None), Decimal(0)), found[0][1].at(1, 3)
    if not own and not scheduled:
        raise fault(head, "missing", what="quantity")
    return None, ""


def _price(groups: list[Group]) -> Decimal | None:
    """The net price for one unit: C509 5118 divided by the price base 5284, one where none is stated."""
    prices = _of(groups, "PRI", "PRI")
    for code in _NET_PRICES:
        for segment in prices:
            price = number(segment, 1, 2) if segment.at(1) == code else None
            base = number(segment, 1, 5)
            if base is not None and base <= 0:
                raise fault(segment, "price-base", found=str(base))
            if price is not None:
                return price / base if base is not None and base != 1 else price
    return None


def _description(segments: list[Segment]) -> str:
    """IMD as text: the free-form ones (F) where there are any, 7008 being a pair of components."""
    texts = [(segment.at(1), " ".join(filter(None, segment.components(3)[3:5]))) for segment in segments]
    free = [text for code, text in texts if code == "F" and text]
    return " ".join(free or [text for _, text in texts if text])


def _text(segments: Iterable[Segment]) -> str:
    return "\n".join(filter(None, (" ".join(filter(None, segment.components(4))) for segment in segments)))


def _amount(segments: list[Segment], codes: Sequence[str]) -> Decimal | None:
    for code in codes:
        for segment in segments:
            amount = number(segment, 1, 2) if segment.tag == "MOA" and segment.at(1) == code else None
            if amount is not None:
                return amount
    return None


def _date(segments: list[Segment], codes: Sequence[str]) -> date | None:
    for code in codes:
        for segment in segments:
            form = _FORMATS.get(segment.at(1, 3))
            if segment.at(1) == code and form and segment.at(1, 2):
                return day(segment, segment.at(1, 2), form)
    return None


def _reference(groups: list[Group], code: str) -> str:
    return next((found.at(1, 2) for found in _of(groups, "RFF", "RFF") if found.at(1) == code), "")


def _currency(groups: list[Group], summary: list[Segment]) -> str:
    """CUX: the reference currency (2), else the only one stated; else the one of the totals."""
    stated: list[tuple[str, str]] = []
    for cux in _of(groups, "CUX", "CUX"):
        stated += zip(cux.repeated(1), cux.repeated(1, 2), strict=True)
    in_head = [currency for code, currency in stated if code == "2"] or [currency for _, currency in stated]
    in_totals = [segment.at(1, 3) for segment in summary if segment.tag == "MOA"]
    return next(filter(None, in_head + in_totals), "")


def _party(parties: dict[str, Group], roles: Sequence[str], ours: str) -> PartyDraft | None:
    """The first party in one of the roles; `ours` is the code (3055) saying that the other side keeps the number."""
    group = next((parties[role] for role in roles if role in parties), None)
    if group is None:
        return None
    nad = group[0]
    lines = [line for line in nad.components(3) if line]
    name = " ".join(filter(None, nad.components(4))) or " ".join(lines[:1])
    street = ", ".join(filter(None, nad.components(5))) or ", ".join(lines if nad.at(4) else lines[1:])
    city = ", ".join(filter(None, (nad.at(6), nad.at(7))))
    reach: dict[str, str] = {}
    for segment in group:
        if segment.tag == "COM":
            reach.update(zip(segment.repeated(1, 2), segment.repeated(1), strict=True))
    return PartyDraft(
        name=name,
        ids=_ids(group, ours),
        street=street,
        city=city,
        postcode=nad.at(8),
        country=nad.at(9),
        email=reach.get("EM", ""),
        phone=reach.get("TE", ""),
    )


def _ids(group: Group, ours: str) -> tuple[tuple[str, str], ...]:
    """C082 with its agency (3055), and the VAT number from the party's references (RFF+VA)."""
    nad = group[0]
    schemes = {"9": "GLN", "16": "DUNS", "91": "SELLER", "92": "BUYER", ours: "ACCOUNT"}
    own = ((schemes.get(nad.at(2, 3), nad.at(2, 3) or nad.at(2, 2) or "ID"), nad.at(2)),) if nad.at(2) else ()
    return (*own, *(("VAT", rff.at(1, 2)) for rff in group if rff.tag == "RFF" and rff.at(1) == "VA" and rff.at(1, 2)))


def _sender_ids(sender: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    code, value = sender
    if not value:
        return ()
    return (({"14": "GLN", "1": "DUNS"}.get(code, code or "ID"), value),)


def _check_line_count(summary: list[Segment], lines: int) -> None:
    """CNT+2 is the number of lines (6069 code 2)."""
    for segment in summary:
        if segment.tag == "CNT" and segment.at(1) == "2" and number(segment, 1, 2) != lines:
            raise fault(segment, "count-differs", counted=segment.at(1, 2), what="lines", here=lines)
