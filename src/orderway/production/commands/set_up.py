"""What production works with: machines, and the papers it prints on."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal

from orderway.kernel.context import Context
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import command, subject
from orderway.kernel.sql import columns, statements

from ..models import KINDS

SQL = statements("production", "set_up")
subject("machine", "machine")
subject("paper", "paper", root="item", root_column="item_id")


@dataclass(frozen=True)
class SetMachine:
    """A machine by its key: `press` or `finishing`, cost an hour and a plate, minutes to make ready, sheets or pieces an hour.

    A press also has its largest sheet in millimetres and its printing units.
    """

    key: str
    name: str
    kind: str
    hourly_cost: Decimal
    make_ready: int
    per_hour: int
    sheet_width: Decimal = Decimal(0)
    sheet_height: Decimal = Decimal(0)
    units: int = 0
    plate_cost: Decimal = Decimal(0)


@command("production.set_machines", row=SetMachine, roles=["planner", "administrator"])
def set_machines(ctx: Context, rows: Sequence[SetMachine]) -> Outcome:
    """Set machines up, or change those whose key is known; what was calculated before stays as it is."""
    refused = [refusal for index, row in enumerate(rows) if (refusal := _unfit_machine(index, row))]
    out = {refusal.subject for refusal in refused}
    machines = {row.key: row for index, row in enumerate(rows) if index not in out}
    if ctx.halts(refused) or not machines:
        return Outcome(refused=refused)
    names = [field.name for field in fields(SetMachine)]
    ids = [row.id for row in ctx.fetch(SQL.set_machines, **columns(list(machines.values()), *names))]
    ctx.record_new("machine.set", "machine", ids)
    return Outcome(ids, refused)


def _unfit_machine(index: int, row: SetMachine) -> Refusal | None:
    if not row.key.strip() or not row.name.strip():
        return Refusal("name-missing", index)
    if row.kind not in KINDS:
        return Refusal("unknown-kind", index, {"kind": row.kind, "allowed": KINDS})
    if row.per_hour <= 0 or row.make_ready < 0 or row.hourly_cost < 0 or row.plate_cost < 0:
        return Refusal("figures-not-possible", index, {"key": row.key})
    if row.kind == "press" and (row.units <= 0 or row.sheet_width <= 0 or row.sheet_height <= 0):
        return Refusal("press-incomplete", index, {"key": row.key})
    return None


@dataclass(frozen=True)
class DescribePaper:
    """What an item is as a paper: grade, grams a square metre, sheet in millimetres, fibres along its `long` or `short` edge.

    `cost_per_thousand` is what 1,000 sheets cost us, `sheets_per_unit` how many a unit of the item holds;
    `caliper` in micrometres, `opacity` in percent.
    """

    item: int
    grade: str
    gsm: Decimal
    width: Decimal
    height: Decimal
    grain: str
    cost_per_thousand: Decimal
    sheets_per_unit: int = 1
    colour: str = ""
    surface: str = ""
    caliper: Decimal | None = None
    opacity: Decimal | None = None
    certificate: str = ""
    supplier: str = ""
    sheets_per_ream: int | None = None


@command("production.describe_papers", row=DescribePaper, roles=["purchasing", "planner", "administrator"])
def describe_papers(ctx: Context, rows: Sequence[DescribePaper]) -> Outcome:
    """Describe items as papers, or describe them anew; from here on they can be printed on."""
    known = {row.id for row in ctx.fetch(SQL.known_items, ids=[row.item for row in rows])}
    refused = [refusal for index, row in enumerate(rows) if (refusal := _unfit_paper(index, row, row.item in known))]
    out = {refusal.subject for refusal in refused}
    papers = {row.item: row for index, row in enumerate(rows) if index not in out}
    if ctx.halts(refused) or not papers:
        return Outcome(refused=refused)
    names = [field.name for field in fields(DescribePaper)]
    ids = [row.id for row in ctx.fetch(SQL.describe_papers, **columns(list(papers.values()), *names))]
    ctx.record_new("paper.described", "paper", ids)
    return Outcome(ids, refused)


def _unfit_paper(index: int, row: DescribePaper, known: bool) -> Refusal | None:
    if not known:
        return Refusal("unknown-item", index, {"position": index + 1, "item": row.item})
    if row.grain not in ("long", "short"):
        return Refusal("unknown-grain", index, {"grain": row.grain, "allowed": ["long", "short"]})
    if min(row.gsm, row.width, row.height) <= 0 or row.sheets_per_unit < 1 or row.cost_per_thousand < 0:
        return Refusal("figures-not-possible", index, {"key": row.item})
    return None
