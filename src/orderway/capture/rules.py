"""What becomes of an input: its states, who and what is meant by what it states, and what is doubtful about it. Pure."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from .drafts import LineDraft, OrderDraft

STATES = ("received", "recognised", "review", "order", "rejected", "not_an_order")
OPEN = ("received", "recognised", "review")
MOVES: Mapping[str, frozenset[str]] = {
    "unpack": frozenset({"received"}),
    "read": frozenset({"received"}),
    "settle": frozenset({"review"}),
    "order": frozenset({"recognised", "review"}),
    "dismiss": frozenset({"received", "review", "rejected"}),
    "reject": frozenset({"received", "review"}),
    "reread": frozenset({"review", "rejected"}),
}
LARGEST_QUANTITY, LARGEST_AMOUNT = Decimal(10) ** 9, Decimal(10) ** 12  # what an order can hold, with room to spare
OTHER_KINDS = ("invoice", "delivery-note", "question", "complaint", "change", "advertisement", "absence-note", "other")
REPORT = "delivery-report"
"""What an input is set aside as that reports what became of a mail of ours."""
EDI = ("edifact", "x12", "tradacoms", "cxml", "ubl")
CHANNELS: Mapping[str, str] = {
    "folder": "file",
    "upload": "file",
    "command-line": "file",
    "imap": "mail",
    "mail": "mail",
    "api": "api",
}
_PIECES = frozenset({"H87", "C62", "EA", "PCE", "PCS", "PC", "ST", "STK", "STÜCK", "STUECK", "NAR", "NMP", "U", "UN"})
_SURE = frozenset({"GLN", "VAT", "DUNS", "SIRENE", "ORGNR", "TAX", "ACCOUNT", "SELLER"})


class Doubt(NamedTuple):
    """Why a person must look: a stable code and the facts."""

    code: str
    facts: Mapping[str, Any]


def signs(draft: OrderDraft, sender: str = "") -> list[tuple[str, str]]:
    """By what the customer may be known, the surest sign first: numbers, mail addresses, the name.

    A code that only means something to its buyer counts where nothing else is stated, and so does the mail's sender, who may be
    a colleague that passed the order on.
    """
    party = draft.customer
    stated = [(scheme, value.strip()) for scheme, value in party.ids if value.strip()]
    sure = [sign for sign in stated if sign[0] in _SURE]
    mails = [("email", party.email.strip().lower())] if party.email.strip() else []
    names = [("name", party.name.strip().casefold())] if party.name.strip() else []
    weak = [sign for sign in stated if sign[0] not in _SURE]
    weak += [("email", sender.strip().lower())] if sender.strip() else []
    return list(dict.fromkeys([*sure, *mails, *names] or weak))


def account_numbers(draft: OrderDraft) -> list[str]:
    """Numbers that may be our own number of the customer."""
    return [value.strip() for scheme, value in draft.customer.ids if scheme in ("ACCOUNT", "SELLER") and value.strip()]


def stated_keys(line: LineDraft) -> list[str]:
    """What a customer may have taught us to understand on this line, the surest first."""
    keys = [line.buyer_item, line.item, line.seller_item, line.gtin, line.description.casefold()]
    return [key.strip() for key in dict.fromkeys(keys) if key.strip()]


def catalogue_numbers(line: LineDraft) -> list[str]:
    """What may be our own number or the GTIN; the buyer's own number is neither."""
    own = "" if line.item == line.buyer_item else line.item
    return [number for number in dict.fromkeys([line.seller_item, line.gtin, own]) if number.strip()]


def same_unit(stated: str, ours: str) -> bool:
    """Whether a stated unit is ours; nothing stated is ours, and there are many words for a piece."""
    said, own = stated.strip().upper(), ours.strip().upper()
    return not said or said == own or (said in _PIECES and own in _PIECES)


def line_doubts(position: str, line: LineDraft, item: Any, offer: Any, stated_prices: bool) -> Iterator[Doubt]:
    """What keeps one line from being ordered without a look. `offer` has our price of `per` units, None when there is none."""
    if item is None:
        yield Doubt("unknown-item", {"position": position, "item": line.item or line.description})
        return
    if line.quantity is None or line.quantity <= 0:
        yield Doubt("quantity-not-positive", {"position": position, "quantity": line.quantity})
    elif line.quantity > LARGEST_QUANTITY or line.quantity * (line.price or 0) > LARGEST_AMOUNT:
        yield Doubt("quantity-not-possible", {"position": position, "quantity": line.quantity})
    if offer is None:
        yield Doubt("unknown-item", {"position": position, "item": line.item or line.description})
        return
    if not same_unit(line.unit, offer.unit):
        yield Doubt("unit-differs", {"position": position, "stated": line.unit, "ours": offer.unit})
    if line.price is None:
        if offer.price is None:
            yield Doubt("no-price", {"position": position, "item": offer.number})
    elif offer.price is not None and not stated_prices and differs(line.price, offer.price / offer.per):
        yield Doubt("price-differs", {"position": position, "stated": line.price, "ours": offer.price / offer.per})


def differs(stated: Decimal, ours: Decimal) -> bool:
    """Whether two unit prices differ by more than the rounding of the fewer decimals (at least four of them)."""
    return abs(stated - ours) > Decimal("0.00005")


def order_channel(kind: str, channel: str) -> str:
    """The way the order came, as orders name it."""
    return "edi" if kind.startswith(EDI) else CHANNELS.get(channel, "file")


def worth_reading(media_type: str, name: str) -> bool:
    """Whether a file in a message may be an order: signatures, visiting cards and the pictures of a letter are not."""
    plain = media_type.lower()
    if plain.startswith("image/"):
        return plain in ("image/tiff", "image/tif") or name.lower().endswith((".tif", ".tiff"))
    return not plain.endswith(("pkcs7-signature", "pgp-signature", "vcard", "x-vcard", "calendar", "delivery-status"))
