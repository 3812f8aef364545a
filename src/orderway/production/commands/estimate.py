"""Calculating what a specification takes and costs, for its run and for other quantities beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from orderway.kernel.context import Context
from orderway.kernel.events import Fact
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import command, subject
from orderway.kernel.sql import columns, statements
from orderway.orders.commands.price import Repriced, reprice

from ..form import MOST_MARGIN
from ..rules import Calculation, Device, Job, PartRow, Sheet, estimate

SQL = statements("production", "estimate")
subject("estimate", "estimate", root="order", root_column="order_id", estimate_part="estimate_id")
CALCULATORS = ["manager", "planner", "administrator"]
MOST_QUANTITIES = 10


class Priced(NamedTuple):
    """A specification with its calculations, the one of the run first."""

    spec: int
    order: int
    line: int
    currency: str
    calculations: tuple[Calculation, ...]


def devices(ctx: Context) -> list[Device]:
    """All machines of the company."""
    return [Device(*row) for row in ctx.fetch(SQL.machines)]


def sheet_of(paper: Any) -> Sheet:
    """A paper's row (number, name, width, height, grain, cost_per_thousand) as the estimate sees it."""
    return Sheet(f"{paper.number} {paper.name}", paper.width, paper.height, paper.grain, paper.cost_per_thousand)


def keep(ctx: Context, priced: Sequence[Priced]) -> None:
    """Keep calculations that differ from the newest ones of their specification, as a new version; the lines get the price.

    The orders must be locked and placed.
    """
    if not priced:
        return
    newest = {row.spec_id: set(row.digests) for row in ctx.fetch(SQL.newest, specs=[one.spec for one in priced])}
    changed = [one for one in priced if not {c.digest for c in one.calculations} <= newest.get(one.spec, set())]
    if changed:
        rows = [_row(one, calculation) for one in changed for calculation in one.calculations]
        parts = [part for one in changed for calculation in one.calculations for part in calculation.parts]
        counts = [len(calculation.parts) for one in changed for calculation in one.calculations]
        owners = [place for place, count in enumerate(counts, 1) for _ in range(count)]
        positions = [position for count in counts for position in range(1, count + 1)]
        part_columns = {f"part_{name}": values for name, values in columns(parts, *PartRow._fields).items()}
        ids = ctx.fetch(SQL.insert, **columns(rows, *_Row._fields), owner=owners, position=positions, **part_columns)
        ctx.record_new("estimate.made", "estimate", [row.id for row in ids])
    # the price of the run, whole, for as many as the run: nothing is lost in rounding a price of one
    totals = [(one.line, Decimal(one.calculations[0].quantity), one.calculations[0].price) for one in priced]
    reprice(ctx.within(), [Repriced(line, run, price, run) for line, run, price in totals])


class _Row(NamedTuple):
    """A row of the table `estimate`."""

    spec: int
    order: int
    quantity: int
    machine: int
    up: int
    turned: bool
    forms: int
    sheets_net: int
    spoilage: int
    sheets: int
    plates: int
    make_ready: int
    run_minutes: int
    currency: str
    cost: Decimal
    price: Decimal
    digest: str


def _row(one: Priced, made: Calculation) -> _Row:
    figures = (made.forms, made.sheets_net, made.spoilage, made.sheets, made.plates, made.make_ready, made.run_minutes)
    head = (one.spec, one.order, made.quantity, made.press.id, made.layout.up, made.layout.turned)
    return _Row(*head, *figures, one.currency, made.cost, made.price, made.digest)


@dataclass(frozen=True)
class EstimateSpec:
    """A specification to calculate with today's papers and machines; other `quantities` are calculated beside its run.

    `margin` in percent takes the place of the one on the form.
    """

    id: int
    quantities: Sequence[int] = field(default_factory=tuple)
    margin: Decimal | None = None


@command("production.estimate", row=EstimateSpec, roles=CALCULATORS)
def calculate(ctx: Context, rows: Sequence[EstimateSpec]) -> Outcome:
    """Calculate specifications anew: the run's price goes to the order line, the other quantities stand beside it."""
    asked = {row.id: row for row in rows}
    specs = {spec.id: spec for spec in ctx.fetch(SQL.lock_specs, ids=list(asked))}
    machines = devices(ctx)
    refused: list[Refusal] = []
    priced: list[Priced] = []
    for id, row in asked.items():
        made = _calculate(row, specs.get(id), machines)
        if isinstance(made, Refusal):
            refused.append(made)
        else:
            priced.append(made)
    if ctx.halts(refused) or not priced:
        return Outcome(refused=refused)
    margins = {one.spec: _margin(asked[one.spec], specs[one.spec]) for one in priced}
    ctx.fetch(SQL.set_margins, spec=list(margins), margin=list(margins.values()))
    ctx.record(
        "print_spec.calculated",
        "print_spec",
        [Fact(s.id, s.order_id, {"margin": s.margin}, {"margin": margins[s.id]}) for s in map(specs.get, margins) if s],
    )
    keep(ctx, priced)
    prices = {str(one.spec): {str(c.quantity): c.price for c in one.calculations} for one in priced}
    return Outcome([one.spec for one in priced], refused, {"prices": prices})


def _calculate(row: EstimateSpec, spec: Any, machines: Sequence[Device]) -> Priced | Refusal:
    if spec is None:
        return Refusal("unknown-specification", row.id)
    if spec.state != "placed":
        return Refusal("wrong-state", row.id, {"number": spec.number, "state": spec.state})
    if spec.begun:
        return Refusal("already-begun", row.id, {"number": spec.number})
    quantities = list(dict.fromkeys([spec.run, *row.quantities]))
    if len(quantities) > MOST_QUANTITIES or min(quantities) < 1:
        return Refusal("quantities-not-possible", row.id, {"most": MOST_QUANTITIES})
    margin = _margin(row, spec)
    if not 0 <= margin <= MOST_MARGIN:
        return Refusal("price-not-possible", row.id, {"position": spec.position})
    made = [
        calculation
        for quantity in quantities
        if (calculation := estimate(job_of(spec), quantity, _sheet(spec), machines, margin, spec.currency))
    ]
    if len(made) < len(quantities):
        return Refusal("no-press", row.id, {"number": spec.number})
    return Priced(spec.id, spec.order_id, spec.order_line_id, spec.currency, tuple(made))


def _margin(row: EstimateSpec, spec: Any) -> Decimal:
    return Decimal(spec.margin) if row.margin is None else row.margin


def job_of(spec: Any) -> Job:
    """A specification's row as the job that the estimate sees."""
    return Job(*(getattr(spec, name) for name in Job._fields))


def _sheet(spec: Any) -> Sheet:
    return Sheet(
        f"{spec.paper_number} {spec.paper_name}", spec.sheet_width, spec.sheet_height, spec.paper_grain, spec.sheet_cost
    )


def by_word(rows: Sequence[Any], *names: str) -> Mapping[str, Any]:
    """Rows by each of the named columns, in lower case: what a person types to mean them."""
    return {getattr(row, name).lower(): row for name in reversed(names) for row in rows}
