"""Why an input is not read, or read with a doubt: the vocabulary of the readers. Pure, for they run where nothing of the pages is.

A reason is a code, the facts that its sentence names, and the place. English stands here, other languages stand in the catalogue
under the English sentence.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

Fact = str | int | tuple[str, ...]
Translate = Callable[[str], str]
MOST_TOLD = 20
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


def _(english: str) -> str:
    """Marks a text for the catalogue."""
    return english


WHY: Mapping[str, str] = {
    # what a format prescribes
    "missing": _("%(what)s is missing"),
    "not-closed": _("%(opened)s of segment %(number)s is not closed, %(missing)s is missing"),
    "segment-open": _("the input ends inside this segment"),
    "other-expected": _("%(wanted)s is expected here, not %(found)s"),
    "misplaced": _("%(found)s cannot stand here"),
    "too-often": _("%(found)s stands more than %(most)s times in a row"),
    "wrong-value": _("%(found)r is %(wanted)s"),
    "wrong-length": _("%(found)s characters stand here, %(wanted)s are prescribed"),
    "control-character": _("the control character '%(found)s' stands in the data"),
    "no-character": _("the byte %(found)s is no character of %(charset)s"),
    "count-differs": _("%(counted)s %(what)s are counted, %(here)s are here"),
    "sum-differs": _("the hash total is %(stated)s, the quantities add up to %(here)s"),
    "reference-differs": _("the reference %(found)r is not %(wanted)r of %(of)s"),
    "twice": _("%(what)s %(found)s stands more than once in this file"),
    "price-base": _("the price holds for %(found)s units: the price base must be above zero"),
    "not-well-formed": _("not well-formed XML: %(said)s"),
    "doctype": _(
        "a document type declaration is read only in cXML, and without entities or elements of its own: send it without DOCTYPE"
    ),
    "entity": _("the entity %(found)s is not expanded: write the character itself"),
    # what is no new order
    "no-order": _("%(found)s is not an order"),
    "other-document": _("%(found)s is %(document)s, not an order"),
    "for-a-person": _("%(file)s is read by a person"),
    "changes-order": _("%(found)s %(does)s %(order)s (function %(function)s): to be settled by a person"),
    "not-original": _("the function %(function)s is not %(original)s (original): is the order %(order)s new?"),
    "test": _("the sender marks this interchange as a test"),
    "foreign-amounts": _("amounts are stated in %(currencies)s, the document currency is %(currency)s"),
    "no-attachment": _("no attachment can be read as an order: a person reads the message"),
    # tables
    "no-column": _("no column for %(what)s among %(headings)s: say what they mean"),
    "extra-cells": _("%(cells)s cells where the heading has %(headings)s: a delimiter within a cell needs quotes"),
    "differs-above": _("%(found)s where the order's rows above have %(above)s"),
    "decimal-mark": _("%(found)r is thousands or has three decimals: nothing in the file tells its decimal mark"),
    "day-or-month": _("%(found)r begins with the day or with the month: nothing in the column tells"),
    # files that cannot be opened or read to the end
    "empty": _("the file is empty"),
    "damaged": _("the file is damaged: %(said)s"),
    "password": _("the file is protected by a password: ask the sender for one without"),
    "too-large": _("there are more than %(most)s %(what)s, which is the most that is read: split it"),
    "too-deep": _("nested deeper than %(most)s levels"),
    "too-slow": _("reading it took more than %(seconds)s s: the file is not read"),
    "broke-off": _("the reading broke off, a person must look at the original: %(said)s"),
    "original-damaged": _("the stored original cannot be read, ask the sender for it again: %(said)s"),
    # told by no reader
    "more": _("and %(n)s more remarks"),
    "as-written": "%(text)s",
}
"""The sentence of each code. A fact with `r` stands as it was found, between quotes; `said` holds what a program said, in English;
`as-written` is what a person wrote, or what was kept before there were codes."""

WORDS: Mapping[str, Mapping[str, str]] = {
    "what": {
        "line": _("a line of the order"),
        "quantity": _("the quantity"),
        "item": _("the item"),
        "item-number": _("the item number"),
        "item-qualifier": _("the qualifier of the item number"),
        "head": _("the head of the order"),
        "number": _("the number of the order"),
        "purpose": _("the purpose of the order"),
        "order-type": _("the type of the order"),
        "order-date": _("the date of the order"),
        "syntax": _("the syntax identifier"),
        "sender": _("the sender"),
        "recipient": _("the recipient"),
        "prepared": _("the date of preparation"),
        "reference": _("the reference"),
        "order": _("the order"),
        "message": _("a message"),
        "message-type": _("the type of the message"),
        "row": _("a row below the heading"),
        "segments": _("segments"),
        "messages": _("messages"),
        "groups": _("groups"),
        "parts": _("messages or groups"),
        "sets": _("transaction sets"),
        "lines": _("lines"),
        "rows": _("rows"),
        "bytes": _("bytes"),
    },
    "wanted": {
        "number": _("not a number"),
        "count": _("not a count"),
        "date": _("not a date"),
        "date-format": _("not a date format that is read: use 102 (CCYYMMDD)"),
        "time": _("not a time of day"),
        "tag": _("not a segment tag"),
        "known-tag": _("not a segment tag that is known, it is passed over"),
        "message-type": _("not a message type"),
        "control-number": _("not a control number of nine digits"),
        "qualifier": _("not a qualifier of at most three characters"),
        "marks": _("not a set of service characters"),
        "allowed": _("not a value that may stand here"),
    },
    "headings": {"none": _("no headings")},
    "does": {
        "cancels": _("cancels the order"),
        "deletes": _("deletes the order"),
        "changes": _("changes the order"),
    },
    "file": {
        "pdf": _("a PDF"),
        "tiff": _("a scan or fax (TIFF)"),
        "picture": _("a picture"),
        "html": _("a web page"),
        "text": _("a text"),
        "zip": _("an archive"),
        "unknown": _("a file of a kind that no reader knows"),
    },
    "document": {
        "acknowledgement": _("an acknowledgement"),
        "application-error": _("an application error"),
        "call-off": _("a just-in-time call-off"),
        "catalogue": _("a price and sales catalogue"),
        "despatch-advice": _("a despatch advice"),
        "grocery-order": _("a grocery order"),
        "invoice": _("an invoice"),
        "order-change": _("an order change"),
        "order-response": _("an order response"),
        "payment-order": _("a payment order"),
        "price-list": _("a price list"),
        "quotation": _("a quotation"),
        "receiving-advice": _("a receiving advice"),
        "remittance-advice": _("a remittance advice"),
        "quotation-request": _("a request for quotation"),
        "sales-report": _("a sales report"),
        "schedule": _("a delivery schedule"),
        "stock-report": _("a stock report"),
        "transport-instruction": _("a transport instruction"),
    },
}
"""Facts that are codes themselves, by the fact's name; what does not stand here is shown as it is."""

PLACES: Mapping[str, str] = {
    "file": "%(file)s",
    "segment": _("segment %(segment)s"),
    "row": _("row %(row)s"),
    "column": _("column %(column)s"),
    "line": _("line %(line)s"),
    "tag": "%(tag)s",
    "element": _("element %(element)s"),
}
"""The parts of a place, from the outside in."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands, each part where it is known: the file in a message, the segment (numbered from 1 at the interchange
    header) and its tag, the row (the top row is 1) and the heading of the column, the line of a text, the element in it.
    """

    file: str = ""
    segment: int = 0
    tag: str = ""
    row: int = 0
    column: str = ""
    line: int = 0
    element: str = ""

    def within(self, file: str) -> "Place":
        """The same place in a file that was found in another."""
        return replace(self, file=f"{file}, {self.file}" if self.file else file)


NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an input is not read, or read with a doubt: a code of `WHY` and its facts. `more` says at how many further places."""

    code: str
    place: Place = field(default_factory=Place)
    facts: Mapping[str, Fact] = field(default_factory=dict)
    more: int = 0


class Unreadable(Exception):
    """The input claims a format and breaks its rules: `reason` says where and how."""

    def __init__(self, code: str, place: Place = NOWHERE, /, **facts: Fact) -> None:
        self.reason = Reason(code, place, facts)
        super().__init__(code, place, facts)

    def __str__(self) -> str:
        return worded([self.reason])

    def within(self, file: str) -> "Unreadable":
        """The same of a file that was found in another."""
        return Unreadable(self.reason.code, self.reason.place.within(file), **self.reason.facts)


def remark(code: str, place: Place = NOWHERE, /, **facts: Fact) -> Reason:
    """A reason that is told and stops nothing: what was borne, or what is no order."""
    return Reason(code, place, facts)


def gathered(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Reasons with the same facts once, at the first place; 20 at most, and how many more there are."""
    places: dict[Any, dict[Place, Reason]] = {}
    for one in reasons:
        places.setdefault((one.code, tuple(sorted(one.facts.items()))), {}).setdefault(one.place, one)
    return shortened([replace(next(iter(at.values())), more=len(at) - 1) for at in places.values()])


def shortened(reasons: list[Reason]) -> tuple[Reason, ...]:
    """20 reasons at most, and how many more there are."""
    left = len(reasons) - MOST_TOLD
    return (*reasons[:MOST_TOLD], Reason("more", facts={"n": left})) if left > 0 else tuple(reasons)


def worded(reasons: Iterable[Reason], translate: Translate = _) -> str:
    """Reasons in one line of text, each with its place, in English or as `translate` says it; empty where there are none. A code that
    is not known shows itself with its facts.
    """
    return "; ".join(_sentence(one, translate) for one in reasons)


def _sentence(one: Reason, translate: Translate) -> str:
    facts = {name: _fact(name, value, translate) for name, value in one.facts.items()}
    try:
        said = translate(WHY[one.code]) % facts
    except KeyError:  # kept by another version
        said = f"{one.code} {dict(one.facts)}" if one.facts else one.code
    place = where(one.place, translate)
    if one.more:
        said = translate(_("%(said)s (and %(n)s more)")) % {"said": said, "n": one.more}
    return f"{place}: {said}" if place else said


def where(place: Place, translate: Translate = _) -> str:
    """A place in words: `segment 14 (QTY)`; `order.csv, row 3, column Qty`; `line 12, element Quantity`."""
    stated = {name: value for name in PLACES if (value := getattr(place, name))}
    if place.segment and place.tag:
        stated["segment"] = f"{place.segment} ({stated.pop('tag')})"
    return ", ".join(translate(PLACES[name]) % stated for name in stated)


def _fact(name: str, value: Fact, translate: Translate) -> Fact:
    if isinstance(value, tuple):
        return ", ".join(str(_fact(name, one, translate)) for one in value)
    word = WORDS.get(name, {}).get(str(value))
    return translate(word) if word else value


def as_json(reason: Reason) -> dict[str, Any]:
    """The reason as it is kept and sent: `code`, and where they are stated `place`, `facts` and `more`."""
    place = {name: value for name in PLACES if (value := getattr(reason.place, name))}
    facts = {name: list(value) if isinstance(value, tuple) else value for name, value in reason.facts.items()}
    told = {"code": reason.code, "place": place, "facts": facts, "more": reason.more}
    return {name: value for name, value in told.items() if value}


def from_json(told: Mapping[str, Any]) -> Reason:
    """The reason `as_json` wrote. Raises `KeyError` or `TypeError` where it is none."""
    facts = {name: tuple(v) if isinstance(v, list) else v for name, v in told.get("facts", {}).items()}
    return Reason(told["code"], Place(**told.get("place", {})), facts, told.get("more", 0))


def to_text(reasons: Iterable[Reason]) -> str:
    """Reasons as an intake keeps them; what has no place in a database's text is replaced or left out."""
    told = json.dumps([as_json(one) for one in reasons], ensure_ascii=False)
    return without_nul(told.encode("utf-8", "replace").decode())


def from_text(told: str) -> list[Reason]:
    """The reasons that `to_text` wrote."""
    return [from_json(one) for one in json.loads(told)]


def without_nul(told: str) -> str:
    """JSON without the character NUL, for which PostgreSQL has no place."""
    return _NUL.sub(r"\1", told)
