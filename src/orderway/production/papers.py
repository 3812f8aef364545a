"""The printed papers of production: worksheet (job ticket), price sheet (calculation) and paper description."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType

from orderway.catalog.papers import PAPERS as CATALOG_PAPERS
from orderway.documents.papers import Letter, template_version

_HERE = Path(__file__).parent / "papers"

PAPERS: Mapping[str, Path] = MappingProxyType(
    {
        "worksheet": _HERE / "worksheet.typ",
        "price_sheet": _HERE / "price_sheet.typ",
        "paper_description": _HERE / "paper_description.typ",
    }
)


@cache
def template_versions() -> Mapping[str, str]:
    """By kind of paper that a print order has: the first digits of the SHA-256 of its template and its words."""
    templates = {**PAPERS, **CATALOG_PAPERS}
    return MappingProxyType({kind: template_version(template) for kind, template in templates.items()})


@dataclass(frozen=True, slots=True)
class Operation:
    """A step of the job: what, on which machine, planned minutes, what to watch; in order of work."""

    number: str
    name: str
    machine: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    minutes: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class WorksheetPaper:
    """The worksheet (DX-09): order, paper, format, colours, run length, deadline, and the way through the house.

    `run` counts finished pieces, `sheets` press sheets including `spoilage`; `up` is how many pieces a sheet gives.
    """

    letter: Letter
    order: str
    customer: str
    title: str
    paper: str
    format: str
    colours: str
    run: int
    deadline: date
    operations: tuple[Operation, ...]
    sheet: str = ""
    sheets: int | None = None
    spoilage: int | None = None
    up: int | None = None
    plates: int | None = None
    pages: int | None = None
    finishing: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    instruction: str = ""
    remark: str = ""
    manager: str = ""


@dataclass(frozen=True, slots=True)
class CostRow:
    """A row of the calculation: what, how much of it, at which price, amount in the sheet's currency."""

    name: str
    amount: Decimal
    quantity: Decimal | None = None
    unit: str = ""
    price: Decimal | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class CostGroup:
    """Rows that belong together (paper, printing, finishing ...) with their sum."""

    name: str
    rows: tuple[CostRow, ...]
    total: Decimal


@dataclass(frozen=True, slots=True)
class PriceSheetPaper:
    """The price sheet (DX-10): the order's calculation; `total` is the order's calculated net price, to the cent.

    `cost` is the sum of the groups, `additions` are (reason, signed amount) that lead from cost to total: overhead,
    margin, discount. `per_thousand` is the total for 1,000 pieces.
    """

    letter: Letter
    order: str
    customer: str
    title: str
    run: int
    currency: str
    groups: tuple[CostGroup, ...]
    cost: Decimal
    additions: tuple[tuple[str, Decimal], ...]
    total: Decimal
    per_thousand: Decimal | None = None
    valid_until: date | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class PaperDescriptionPaper:
    """The paper description (DX-11): the material master's values of the paper that the order uses.

    `gsm` in grams a square metre, `width` and `height` in millimetres (the grain runs along `grain`), `caliper` in
    micrometres, stock figures in sheets.
    """

    letter: Letter
    order: str
    item: str
    name: str
    grade: str
    gsm: Decimal
    width: Decimal
    height: Decimal
    grain: str = ""
    colour: str = ""
    surface: str = ""
    caliper: Decimal | None = None
    opacity: Decimal | None = None
    certificate: str = ""
    supplier: str = ""
    sheets_per_ream: int | None = None
    needed: Decimal | None = None
    on_hand: Decimal | None = None
    allocated: Decimal | None = None
    locations: tuple[tuple[str, str, Decimal], ...] = ()  # warehouse, location, sheets
    remark: str = ""
