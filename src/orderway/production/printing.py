"""From the rows of a specification to the four papers of a print order; each comes when the papers are wanted."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import groupby
from typing import Any

from orderway.catalog.papers import PAPERS as CATALOG_PAPERS
from orderway.catalog.papers import PricedItem, PriceGroup, PriceListPaper
from orderway.documents.papers import Letter
from orderway.documents.printing import Printed, file_name, letter, local_day, print_after
from orderway.documents.typst import as_data, render
from orderway.kernel.context import Reader
from orderway.kernel.sql import statements
from orderway.kernel.values import rounded

from .form import FORMATS
from .papers import PAPERS, CostGroup, CostRow, Operation, PaperDescriptionPaper, PriceSheetPaper, WorksheetPaper

SQL = statements("production", "printing")
ADDED = ("overhead", "margin")  # the parts that lead from the cost to the price
TEMPLATES = {**PAPERS, **CATALOG_PAPERS}


@dataclass(frozen=True, slots=True)
class Job:
    """What is read for every paper of one specification: its row with order and customer, the calculation's parts, the paper."""

    row: Any
    parts: Sequence[Any]
    paper: Any


def _maker(kind: str, draw_up: Callable[[Reader, Job], Any]) -> Callable[[Reader, int], Sequence[Printed]]:
    """What makes the paper of `kind`: in the company's language, dated when the calculation was made, so twice gives the same bytes."""

    def make(ctx: Reader, spec: int) -> Sequence[Printed]:
        row = ctx.one(SQL.job, spec=spec)
        if row is None:
            return ()
        job = Job(row, ctx.fetch(SQL.parts, estimate=row.estimate_id), ctx.one(SQL.paper, paper=row.paper_id))
        paper = draw_up(ctx, job)
        content = render(TEMPLATES[kind], as_data(paper), row.calculated_at)
        number = f"{row.order_number}-{row.position}"
        name = file_name(TEMPLATES[kind], kind, paper.letter.language, number)
        return [Printed(row.parcel_id, name, content, TEMPLATES[kind])]

    return make


def _word(language: str, key: str) -> str:
    words = _words()[key]
    return words.get(language) or words["en"]


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    """The words that stand on the papers, the same that their templates use."""
    words: Mapping[str, Mapping[str, str]] = json.loads(PAPERS["worksheet"].with_name("words.json").read_text("utf-8"))
    return words


def _say(job: Job, key: str) -> str:
    return _word(job.row.own_language, key)


def _letter(ctx: Reader, job: Job, language: str, to: Sequence[str] = ()) -> Letter:
    row = job.row
    day = local_day(ctx, row.calculated_at)
    return letter(ctx, language, row.order_number, day, to, row.parcel, row.customer_number)


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


def _size(row: Any) -> str:
    """The format by its name where it has one: A5, 148 × 210 mm."""
    size = f"{_plain(row.width)} × {_plain(row.height)} mm"
    known = {sides: name for name, sides in FORMATS.items()}
    name = known.get((row.width, row.height)) or known.get((row.height, row.width))
    return f"{name}, {size}" if name else size


def _sheet(paper: Any) -> str:
    return f"{_plain(paper.width)} × {_plain(paper.height)} mm"


def worksheet(ctx: Reader, job: Job) -> WorksheetPaper:
    """The worksheet (DX-09): what to print on what, until when, and the way through the house."""
    row, paper = job.row, job.paper
    finishing = [part for part in job.parts if part.kind == "finishing"]
    way = [(_say(job, "printing"), row.press, row.sheets, "ST", row.make_ready + row.run_minutes)]
    way += [(part.name, part.machine, row.run, "H87", int(part.quantity)) for part in finishing]
    steps = [
        Operation(str(place), name, machine, Decimal(quantity), unit, minutes)
        for place, (name, machine, quantity, unit, minutes) in enumerate(way, 1)
    ]
    return WorksheetPaper(
        letter=_letter(ctx, job, row.own_language),
        order=row.order_number,
        customer=row.customer,
        title=row.description,
        paper=f"{paper.number} {paper.name}, {_plain(paper.gsm)} g/m²",
        format=_size(row),
        colours=f"{row.colours_front}/{row.colours_back}",
        run=row.run,
        deadline=row.deadline,
        operations=tuple(steps),
        sheet=_sheet(paper),
        sheets=row.sheets,
        spoilage=row.spoilage,
        up=row.up,
        plates=row.plates,
        pages=row.pages,
        finishing=tuple(part.name for part in finishing),
        instruction=row.instruction,
        remark=row.notes,
        manager=row.responsible or "",
    )


def price_sheet(ctx: Reader, job: Job) -> PriceSheetPaper:
    """The price sheet (DX-10): the calculation of this order; its total is the order's net amount to the cent."""
    row = job.row
    others = ctx.fetch(SQL.other_lines, order=row.order_id, line=row.order_line_id)
    return PriceSheetPaper(
        letter=_letter(ctx, job, row.own_language),
        order=row.order_number,
        customer=row.customer,
        title=row.description,
        run=row.run,
        currency=row.currency,
        groups=_groups(job),
        cost=rounded(row.cost, row.currency),
        additions=_additions(job, others),
        total=rounded(row.order_net, row.currency),
        per_thousand=None if others else rounded(row.net * 1000 / row.run, row.currency),
    )


def _groups(job: Job) -> tuple[CostGroup, ...]:
    """The parts that make the cost, by what they are for."""
    costs = [part for part in job.parts if part.kind not in ADDED]
    groups = []
    for kind, parts in groupby(costs, key=lambda part: part.kind):
        rows = tuple(CostRow(p.name, rounded(p.amount, job.row.currency), p.quantity, p.unit, p.rate) for p in parts)
        groups.append(CostGroup(_say(job, f"cost_{kind}"), rows, sum((one.amount for one in rows), Decimal(0))))
    return tuple(groups)


def _additions(job: Job, others: Sequence[Any]) -> tuple[tuple[str, Decimal], ...]:
    """What leads from the cost to the order's net amount: overhead, margin, the line's discount, the other lines."""
    row = job.row
    steps = [(f"{_say(job, f'cost_{p.kind}')} {_plain(p.quantity)} %", p.amount) for p in job.parts if p.kind in ADDED]
    if row.net != row.price:
        steps.append((_say(job, "cost_discount"), row.net - row.price))
    steps += [(other.description, other.net) for other in others]
    return tuple((name, rounded(amount, row.currency)) for name, amount in steps)


def paper_description(ctx: Reader, job: Job) -> PaperDescriptionPaper:
    """The paper description (DX-11): the material master's values of the paper."""
    paper = job.paper
    return PaperDescriptionPaper(
        letter=_letter(ctx, job, job.row.own_language),
        order=job.row.order_number,
        item=paper.number,
        name=paper.name,
        grade=paper.grade,
        gsm=paper.gsm,
        width=paper.width,
        height=paper.height,
        grain=_say(job, f"grain_{paper.grain}"),
        colour=paper.colour,
        surface=paper.surface,
        caliper=paper.caliper,
        opacity=paper.opacity,
        certificate=paper.certificate,
        supplier=paper.supplier,
        sheets_per_ream=paper.sheets_per_ream,
        needed=Decimal(job.row.sheets),
        on_hand=paper.on_hand,
        allocated=paper.allocated,
        locations=tuple((place.name, "", place.on_hand) for place in ctx.fetch(SQL.places, paper=job.row.paper_id)),
    )


def price_list(ctx: Reader, job: Job) -> PriceListPaper:
    """The price list (DX-10) that held for the customer on the day of the order."""
    row = job.row
    asked = {"currency": row.currency, "price_group": row.price_group, "day": row.ordered_on}
    found = ctx.fetch(SQL.prices, order=row.order_id, paper=row.paper_id, **asked)
    groups = []
    for kind, rows in groupby(found, key=lambda price: price.kind):
        items = []
        for _number, steps in groupby(rows, key=lambda price: price.number):
            prices = list(steps)
            first = prices[0]
            tiers = tuple((step.min_quantity, step.price * first.per / step.per) for step in prices)
            items.append(PricedItem(first.number, first.name, first.unit, tiers, first.per.normalize()))
        groups.append(PriceGroup(_word(row.language, f"kind_{kind}"), tuple(items)))
    to = (row.customer, row.street, f"{row.postcode} {row.city}".strip(), row.country)
    return PriceListPaper(_letter(ctx, job, row.language, to), row.currency, row.ordered_on, tuple(groups))


WANTED = ["print_spec.papers_wanted"]
print_after(WANTED, "worksheet", "print_spec", _maker("worksheet", worksheet))
print_after(WANTED, "price_sheet", "print_spec", _maker("price_sheet", price_sheet))
print_after(WANTED, "paper_description", "print_spec", _maker("paper_description", paper_description))
print_after(WANTED, "price_list", "print_spec", _maker("price_list", price_list))
