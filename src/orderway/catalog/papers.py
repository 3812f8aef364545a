"""The printed paper of the catalogue: the price list that holds for a customer on a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

from orderway.documents.papers import Letter

PAPERS: Mapping[str, Path] = MappingProxyType({"price_list": Path(__file__).parent / "papers" / "price_list.typ"})


@dataclass(frozen=True, slots=True)
class PricedItem:
    """An item with its net prices by quantity: (from this quantity on, price of `per` units), lowest quantity first."""

    item: str
    name: str
    unit: str
    prices: tuple[tuple[Decimal, Decimal], ...]
    per: Decimal = Decimal(1)
    description: str = ""


@dataclass(frozen=True, slots=True)
class PriceGroup:
    """Items that stand together under a heading."""

    name: str
    items: tuple[PricedItem, ...]


@dataclass(frozen=True, slots=True)
class PriceListPaper:
    """The price list (DX-10) as it held for the letter's customer on `valid_on`; prices net in `currency`."""

    letter: Letter
    currency: str
    valid_on: date
    groups: tuple[PriceGroup, ...]
    valid_until: date | None = None
    terms: str = ""
