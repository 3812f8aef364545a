"""What a reader makes of a file: a draft order, or the reasons why there is none. Pure values, no database."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import TypeAdapter

from .reasons import Reason, worded

Status = Literal["order", "review", "rejected"]


@dataclass(frozen=True, slots=True)
class PartyDraft:
    """A party as the document states it. `ids` holds (scheme, value) pairs, for example ("GLN", "4012345000009")."""

    name: str = ""
    ids: tuple[tuple[str, str], ...] = ()
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class LineDraft:
    """One ordered line as stated. `item` is the best number the document gives: the seller's, else the GTIN, else the buyer's.

    `unit` is the code as stated (UN/ECE Recommendation 20 where the format uses it); `price` is net for one unit, already divided
    by the stated price base quantity; `amount` is the stated line amount, None where none is stated.
    """

    position: str
    item: str = ""
    seller_item: str = ""
    buyer_item: str = ""
    gtin: str = ""
    description: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    price: Decimal | None = None
    amount: Decimal | None = None
    requested_on: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """An order as stated by the customer.

    `number` is the number the customer gave the document; `reference` what the customer wants quoted, the number again where
    nothing else is stated. `total` is the stated total, None where the document states none. `lines` are in document order.
    """

    number: str
    reference: str = ""
    customer: PartyDraft = field(default_factory=PartyDraft)
    supplier: PartyDraft = field(default_factory=PartyDraft)
    delivery: PartyDraft = field(default_factory=PartyDraft)
    currency: str = ""
    ordered_on: date | None = None
    requested_on: date | None = None
    lines: tuple[LineDraft, ...] = ()
    total: Decimal | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of one input: `status` order (drafts hold one order each), review (a person must look, `reasons` say why), or rejected.

    `kind` names the format and the document, for example `edifact-orders`, `x12-850`, `ubl-order`, `cxml-orderrequest`, `order-x`, `csv`,
    `xlsx`, `pdf`, `tiff`, `edifact-invoic`. `reasons` of an `order` name what a person must look at, with its place; there are none
    when the order is clean. Of `review` and `rejected` they say why.
    """

    status: Status
    kind: str
    reasons: tuple[Reason, ...] = ()
    drafts: tuple[OrderDraft, ...] = ()

    @property
    def reason(self) -> str:
        """The reasons in one line of English; empty where there are none."""
        return worded(self.reasons)


DRAFT: TypeAdapter[OrderDraft] = TypeAdapter(OrderDraft)
"""How a draft is kept and read back."""
