"""Reading production: tickets to place, the plan by machine and day, progress, specifications with their calculations."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from orderway.kernel.context import Reader
from orderway.kernel.paging import Page, page
from orderway.kernel.registry import query
from orderway.kernel.sql import statements
from orderway.orders.explaining import OneOrder
from orderway.workflow.acts import Refused

from .refusing import PrintLeaves, TicketLeaves, judges, print_judges

SQL = statements("production", "production")
REFUSING = statements("production", "refusing")
TICKET_SORTS = {"due": "s.deadline, t.id", "number": "o.number, t.position", "machine": "m.key, t.id", "oldest": "t.id"}
PROGRESS_SORTS = {"due": "s.deadline, s.id", "number": "o.number, s.id", "customer": "c.name, s.id"}


@dataclass(frozen=True)
class TicketList:
    """Ask for job tickets that are not placed yet: by words (order, customer), machine key, sorted, one page."""

    search: str | None = None
    machine: str | None = None
    sort: str = "due"
    after: str | None = None
    size: int = 50


@query("production.unscheduled", TicketList)
def unscheduled(ctx: Reader, asked: TicketList) -> Page:
    """Job tickets that planning has to place, the most urgent first."""
    return page(ctx, SQL.unscheduled, TICKET_SORTS, asked, search=asked.search, machine=asked.machine)


@dataclass(frozen=True)
class PlanDays:
    """Ask for the plan from one day to another (both included, the company's days), of all machines or one by its key."""

    first: date
    last: date
    machine: str | None = None


@query("production.plan_of_days", PlanDays)
def plan_of_days(ctx: Reader, asked: PlanDays) -> list[Any]:
    """What stands on the machines on these days, by machine and start; `late` when it ends after the deadline."""
    return ctx.fetch(SQL.plan, first=asked.first, last=asked.last, machine=asked.machine)


@dataclass(frozen=True)
class ProgressList:
    """Ask how far printed matter of active orders is: by words, or of one order, sorted, one page."""

    search: str | None = None
    order: int | None = None
    sort: str = "due"
    after: str | None = None
    size: int = 50


@query("production.progress", ProgressList)
def progress(ctx: Reader, asked: ProgressList) -> Page:
    """Order lines with their stage (unscheduled, planned, in_production, produced), operations done, waste, and whether late."""
    return page(ctx, SQL.progress, PROGRESS_SORTS, asked, search=asked.search, order=asked.order)


@dataclass(frozen=True)
class OfOrder:
    """Ask for what belongs to one order."""

    order: int


@query("production.specs", OfOrder)
def specs(ctx: Reader, asked: OfOrder) -> list[Any]:
    """The offset order forms of one order, each with the calculation that priced its line."""
    return ctx.fetch(SQL.specs, order=asked.order)


@query("production.tickets", OfOrder)
def tickets(ctx: Reader, asked: OfOrder) -> list[Any]:
    """The job tickets of one order in the order of work, withdrawn ones left out."""
    return ctx.fetch(SQL.tickets, order=asked.order)


@dataclass(frozen=True)
class OneTicket:
    """Ask for one job ticket by its id."""

    id: int


@query("production.why_not", OneTicket)
def why_not(ctx: Reader, asked: OneTicket) -> Refused | None:
    """Which acts on a job ticket would be refused now and on what that rests; None for an unknown one."""
    row = ctx.one(REFUSING.leaves, id=asked.id)
    return judges.told(TicketLeaves(**row._asdict())) if row else None


@query("production.why_not_order", OneOrder)
def why_not_order(ctx: Reader, asked: OneOrder) -> Refused | None:
    """Which acts on the print job of an order would be refused now and on what that rests; None where it has no printed matter."""
    row = ctx.one(REFUSING.print_job, id=asked.id)
    return print_judges.told(PrintLeaves(**row._asdict())) if row else None


@dataclass(frozen=True)
class OfSpec:
    """Ask for what belongs to one specification."""

    spec: int


@query("production.estimates", OfSpec)
def estimates(ctx: Reader, asked: OfSpec) -> list[Any]:
    """The newest calculations of one specification, a row a quantity, side by side."""
    return ctx.fetch(SQL.estimates, spec=asked.spec)


@dataclass(frozen=True)
class OneEstimate:
    """Ask for one calculation by its id."""

    id: int


@query("production.parts", OneEstimate)
def parts(ctx: Reader, asked: OneEstimate) -> list[Any]:
    """The rows of one calculation: what, how much, at which rate, the amount."""
    return ctx.fetch(SQL.parts, estimate=asked.id)


@dataclass(frozen=True)
class NoQuestion:
    """Nothing to narrow."""


@query("production.machines", NoQuestion)
def machines(ctx: Reader, asked: NoQuestion) -> list[Any]:
    """All machines, presses first."""
    return ctx.fetch(SQL.machines)


@query("production.papers", NoQuestion)
def papers(ctx: Reader, asked: NoQuestion) -> list[Any]:
    """All papers that can be printed on."""
    return ctx.fetch(SQL.papers)


@query("production.forms", OfOrder)
def forms(ctx: Reader, asked: OfOrder) -> list[Any]:
    """The order form of each line of printed matter as it is to be shown: filled in, or as on the order this one was copied from.

    Of a copied form the deadline stays empty; `filled` tells the two apart.
    """
    return ctx.fetch(SQL.forms, order=asked.order)
