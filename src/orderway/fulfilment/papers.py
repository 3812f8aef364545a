"""The printed papers of fulfilment: pick list, packing list (one a package) and delivery note."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

from orderway.documents.papers import Letter

_HERE = Path(__file__).parent / "papers"

PAPERS: Mapping[str, Path] = MappingProxyType(
    {
        "pick_list": _HERE / "pick_list.typ",
        "packing_list": _HERE / "packing_list.typ",
        "delivery_note": _HERE / "delivery_note.typ",
    }
)


@dataclass(frozen=True, slots=True)
class PickLine:
    """What to take from where; `unit` is a UN/ECE Recommendation 20 code. Lines come in the order of the walk."""

    location: str
    item: str
    name: str
    quantity: Decimal
    unit: str
    order: str = ""
    lot: str = ""
    gtin: str = ""


@dataclass(frozen=True, slots=True)
class PickListPaper:
    """The pick list (GD-03: it carries the delivery instruction)."""

    letter: Letter
    lines: tuple[PickLine, ...]
    warehouse: str = ""
    orders: tuple[str, ...] = ()
    ship_to: tuple[str, ...] = ()
    ship_by: date | None = None
    shipping: str = ""
    picker: str = ""
    instruction: str = ""


@dataclass(frozen=True, slots=True)
class ShippedLine:
    """A line as it goes out; `open` is what of the ordered quantity is still to come."""

    position: str
    item: str
    name: str
    quantity: Decimal
    unit: str
    ordered: Decimal | None = None
    open: Decimal = Decimal(0)
    customer_item: str = ""
    description: str = ""
    lot: str = ""


@dataclass(frozen=True, slots=True)
class PackingListPaper:
    """The packing list of one package (SE-26): number `package` of `packages`, weight in kilograms, size in words."""

    letter: Letter
    package: int
    packages: int
    lines: tuple[ShippedLine, ...]
    shipment: str = ""
    order: str = ""
    reference: str = ""
    label: str = ""
    gross_kg: Decimal | None = None
    size: str = ""
    instruction: str = ""
    packer: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryNotePaper:
    """The delivery note (SE-25): its lines are the shipped lines, with the delivery instruction (GD-03)."""

    letter: Letter
    lines: tuple[ShippedLine, ...]
    order: str = ""
    reference: str = ""
    shipped_on: date | None = None
    shipping: str = ""
    tracking: str = ""
    packages: int | None = None
    gross_kg: Decimal | None = None
    instruction: str = ""
    remark: str = ""
