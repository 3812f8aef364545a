"""The offset order form: filled in for an order line, or as a new order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

from orderway.kernel import clock
from orderway.kernel.context import Context
from orderway.kernel.events import Fact
from orderway.kernel.outcome import Outcome, Refusal
from orderway.kernel.registry import command, subject
from orderway.kernel.sql import columns, statements
from orderway.orders.commands.place import PlaceLine, PlaceOrder

from ..form import Fault, Filled, Known, judge
from ..refusing import begun_already, not_fillable
from ..rules import Calculation, Device, estimate
from .estimate import Priced, by_word, devices, keep, sheet_of

SQL = statements("production", "specify")
subject("print_spec", "print_spec", root="order", root_column="order_id")
FILLERS = ["manager", "administrator"]


@dataclass(frozen=True)
class SpecifyPrint:
    """The offset order form of an order (`id`); `line` says which where it has several lines of printed matter.

    `format` is a name (A4) or width × height in millimetres, `paper` an item number or name, `colours` front/back, `run`
    copies, `finishing` operations separated by commas, `grain` height or width, `margin` percent.
    """

    id: int
    format: str = ""
    paper: str = ""
    colours: str = ""
    run: Decimal | None = None
    deadline: date | None = None
    pages: Decimal | None = None
    finishing: str | None = ""
    grain: str | None = ""
    notes: str | None = ""
    margin: Decimal | None = None
    line: int | None = None


@command("production.specify", row=SpecifyPrint, roles=FILLERS)
def specify(ctx: Context, rows: Sequence[SpecifyPrint]) -> Outcome:
    """Fill in the offset order forms of placed orders, or change them; each is calculated and prices its line."""
    found = ctx.fetch(SQL.lock_lines, orders=[row.id for row in rows])
    lines = {id: list(group) for id, group in groupby(found, key=lambda line: line.order_id)}
    stock = _stock(ctx)
    refused: list[Refusal] = []
    fit: dict[int, _Fit] = {}
    for row in rows:
        made = _judge(row, lines.get(row.id, []), stock)
        if isinstance(made, list):
            refused += made
        elif made.line.id in fit:
            refused.append(Refusal("twice", row.id, {"number": made.line.number}))
        else:
            fit[made.line.id] = made
    if ctx.halts(refused) or not fit:
        return Outcome(refused=refused)
    specs = _write(ctx, list(fit.values()))
    keep(
        ctx,
        [Priced(specs[id], one.line.order_id, id, one.line.currency, (one.calculation,)) for id, one in fit.items()],
    )
    prices = {str(one.line.order_id): one.calculation.price for one in fit.values()}
    return Outcome([one.line.order_id for one in fit.values()], refused, {"prices": prices})


class _Stock(NamedTuple):
    """What a form is judged and calculated with."""

    papers: Mapping[str, Any]
    machines: Sequence[Device]
    finishing: Mapping[str, str]
    today: date


class _Fit(NamedTuple):
    """A good form with its line, paper and calculation."""

    line: Any
    filled: Filled
    paper: Any
    calculation: Calculation


def _stock(ctx: Context) -> _Stock:
    papers = by_word(ctx.fetch(SQL.papers), "number", "name")
    machines = devices(ctx)
    finishing = {
        word: m.key for word, m in by_word([m for m in machines if m.kind == "finishing"], "key", "name").items()
    }
    zone = ctx.one(SQL.timezone).timezone
    return _Stock(papers, machines, finishing, clock.today(zone))


def _judge(row: SpecifyPrint, lines: Sequence[Any], stock: _Stock) -> _Fit | list[Refusal]:
    line = _line(row, lines)
    if isinstance(line, Refusal):
        return [line]
    return judge_form(row.id, row, line, stock)


def judge_form(subject: int, form: Any, line: Any, stock: _Stock) -> _Fit | list[Refusal]:
    """The form with its calculation, or a refusal (code `invalid`) for each field that is wrong, with the words for it."""
    filled = judge(form, Known(stock.papers.keys(), stock.finishing, stock.today))
    if isinstance(filled, list):
        return [_refusal(subject, fault) for fault in filled]
    paper = stock.papers[filled.paper.lower()]
    made = estimate(filled.job, filled.run, sheet_of(paper), stock.machines, filled.margin, line.currency)
    if made is None:
        return [_refusal(subject, Fault("format", "no-press"))]
    return _Fit(line, filled, paper, made)


def _refusal(subject: int, fault: Fault) -> Refusal:
    return Refusal("invalid", subject, {"field": fault.field, "reason": fault.text()})


class _Order(NamedTuple):
    """An order, as the rules about it ask."""

    id: int
    number: str
    state: str


def _line(row: SpecifyPrint, lines: Sequence[Any]) -> Any:
    """The line of printed matter that is meant, or why there is none."""
    if not lines:
        return Refusal("unknown-order", row.id)
    head = _Order(row.id, lines[0].number, lines[0].state)
    if over := not_fillable(head):
        return over[0]
    made = [line for line in lines if line.kind == "made" and row.line in (None, line.id)]
    if len(made) != 1:
        return Refusal("which-line" if made else "no-printed-line", row.id, {"number": head.number})
    begun = begun_already(head, made[0].begun)
    return begun[0] if begun else made[0]


class _Row(NamedTuple):
    """The written columns of the table `print_spec`."""

    paper_id: int
    width: Decimal
    height: Decimal
    pages: int
    colours_front: int
    colours_back: int
    run: int
    finishing: list[str]
    grain: str
    deadline: date
    notes: str
    margin: Decimal


def _row(one: _Fit) -> _Row:
    job, filled = one.filled.job, one.filled
    size = (one.paper.id, job.width, job.height, job.pages, job.colours_front, job.colours_back)
    return _Row(*size, filled.run, list(job.finishing), job.grain, filled.deadline, filled.notes, filled.margin)


def _write(ctx: Context, fit: Sequence[_Fit]) -> dict[int, int]:
    """Write the specifications and record what changed; their ids by order line."""
    new = {one.line.id: _row(one) for one in fit}
    before = {row.order_line_id: row for row in ctx.fetch(SQL.before, lines=list(new))}
    lists = columns(list(new.values()), *_Row._fields)
    lists["finishing"] = [",".join(keys) for keys in lists["finishing"]]
    written = ctx.fetch(SQL.write, order=[one.line.order_id for one in fit], line=list(new), **lists)
    specs = {row.order_line_id: row.id for row in written}
    ctx.record_new("print_spec.specified", "print_spec", [specs[line] for line in new if line not in before])
    facts = []
    for line, old in before.items():
        changed = {name: value for name, value in new[line]._asdict().items() if getattr(old, name) != value}
        if changed:
            facts.append(Fact(old.id, old.order_id, {name: getattr(old, name) for name in changed}, changed))
    ctx.record("print_spec.changed", "print_spec", facts)
    return specs


@dataclass(frozen=True)
class OrderPrint:
    """A new order from the offset order form: which customer wants which item of printed matter, and the form."""

    customer: int
    item: int
    format: str = ""
    paper: str = ""
    colours: str = ""
    run: Decimal | None = None
    deadline: date | None = None
    pages: Decimal | None = None
    finishing: str | None = ""
    grain: str | None = ""
    notes: str | None = ""
    margin: Decimal | None = None
    description: str = ""
    their_reference: str = ""
    channel: str = "phone"


class _NewLine(NamedTuple):
    currency: str


@command("production.order", row=OrderPrint, roles=FILLERS)
def order(ctx: Context, rows: Sequence[OrderPrint]) -> Outcome:
    """Place orders for printed matter from the filled-in form: placed, specified, calculated and priced in one go."""
    stock = _stock(ctx)
    home = _NewLine(ctx.one(SQL.timezone).currency)
    made = {row.id for row in ctx.fetch(SQL.made_items, ids=[row.item for row in rows])}
    refused = [Refusal("no-printed-item", i, {"item": r.item}) for i, r in enumerate(rows) if r.item not in made]
    for index, row in enumerate(rows):
        judged = judge_form(index, row, home, stock)
        refused += judged if isinstance(judged, list) else []
    out = {refusal.subject for refusal in refused}
    fit = [index for index in range(len(rows)) if index not in out]
    if ctx.halts(refused) or not fit:
        return Outcome(refused=refused)
    placed = ctx.run("orders.place", [_order(rows[index]) for index in fit], ctx.partial)
    refused += [Refusal(r.code, fit[r.subject or 0], r.facts) for r in placed.refused]
    if ctx.halts(refused):
        return Outcome(refused=refused)
    gone = {refusal.subject for refusal in refused}
    kept = [index for index in fit if index not in gone]
    forms = [_form(rows[index], id) for index, id in zip(kept, placed.done, strict=True)]
    refused += ctx.run("production.specify", forms, ctx.partial).refused
    return Outcome(placed.done, refused, placed.values)


def _order(row: OrderPrint) -> PlaceOrder:
    line = PlaceLine(row.item, row.run or Decimal(0), Decimal(0), row.description, requested_on=row.deadline)
    return PlaceOrder(row.customer, [line], row.channel, their_reference=row.their_reference, requested_on=row.deadline)


def _form(row: OrderPrint, order: int) -> SpecifyPrint:
    names = ("format", "paper", "colours", "run", "deadline", "pages", "finishing", "grain", "notes", "margin")
    return SpecifyPrint(order, *(getattr(row, name) for name in names))
