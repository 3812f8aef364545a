"""What a report holds: rows of one subject over active and archived, summed by one of its columns. Pure but for the reading."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from orderway.kernel.running import can

from .billing import kinds
from .respond import actor, read
from .snapshot import snapshot
from .templatetags.ui import month, number
from .units import unit
from .words import CHANNELS, SHIPMENT_STATES, STATES

MOST = 5_000  # rows of one report
NOW_ONLY = ("backorders", "stock")  # reports of what is, in which nothing is archived
Text = str | Promise
Value = Callable[[Any], Any]


class Column(NamedTuple):
    """A column of a report: its head, its value of a row, and how it is shown (text, date, moment, money, number)."""

    key: str
    label: Text
    value: Value
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Report:
    """A subject that can be reported: its query, columns, the column that dates a row, and those that group and sum."""

    key: str
    label: Text
    query: str
    given: Mapping[str, Any]
    columns: tuple[Column, ...]
    dated: Value
    groups: Mapping[str, tuple[Text, Value]]
    measure: Value
    counts: Text
    currency: Value = lambda row: row.currency


class Table(NamedTuple):
    """A report as made: its rows, the sums by group (name, count, sum; largest first or by month), and whether rows were left off.

    Currencies are never added up: where there are several, each group stands once for each. `totals` has them by currency.
    """

    rows: list[Any]
    groups: list[tuple[str, int, Decimal]]
    totals: Mapping[str, Decimal]
    cut: bool

    @property
    def decimals(self) -> int:
        """Decimals of a sum: two for money, none for what is counted."""
        return 2 if any(self.totals) else 0

    @property
    def said(self) -> str:
        """The totals in words."""
        return ", ".join(f"{number(sum_, self.decimals)} {currency}".strip() for currency, sum_ in self.totals.items())


def _month(value: date | datetime | None) -> str:
    if value is None:
        return "–"
    day = timezone.localtime(value).date() if isinstance(value, datetime) else value
    return f"{day:%Y-%m}"


REPORTS: Mapping[str, Report] = {
    "orders": Report(
        "orders",
        lazy("Orders"),
        "orders.list",
        {"which": "all", "sort": "number"},
        (
            Column("number", lazy("Order"), lambda row: row.number),
            Column("customer", lazy("Customer"), lambda row: row.customer),
            Column("reference", lazy("Their ref."), lambda row: row.their_reference),
            Column("state", lazy("State"), lambda row: str(STATES.get(row.state, row.state))),
            Column("channel", lazy("Channel"), lambda row: str(CHANNELS.get(row.channel, row.channel))),
            Column("ordered", lazy("Ordered"), lambda row: row.ordered_on, "date"),
            Column("wanted", lazy("Wanted"), lambda row: row.promised_on or row.requested_on, "date"),
            Column("net", lazy("Net"), lambda row: row.net, "money"),
            Column("currency", lazy("Currency"), lambda row: row.currency),
        ),
        lambda row: row.ordered_on,
        {
            "month": (lazy("Month"), lambda row: _month(row.ordered_on)),
            "customer": (lazy("Customer"), lambda row: row.customer),
            "state": (lazy("State"), lambda row: str(STATES.get(row.state, row.state))),
            "channel": (lazy("Channel"), lambda row: str(CHANNELS.get(row.channel, row.channel))),
        },
        lambda row: row.net,
        lazy("orders"),
    ),
    "invoices": Report(
        "invoices",
        lazy("Invoices"),
        "billing.invoices",
        {"sort": "number"},
        (
            Column("number", lazy("Number"), lambda row: row.number),
            Column("kind", lazy("Kind"), lambda row: kinds()[row.kind]),
            Column("customer", lazy("Customer"), lambda row: row.customer),
            Column("order", lazy("Order"), lambda row: row.order_number),
            Column("issued", lazy("Issued"), lambda row: row.issued_on, "date"),
            Column("due", lazy("Due"), lambda row: row.due_on, "date"),
            Column("gross", lazy("Total"), lambda row: _signed(row, row.gross), "money"),
            Column("open", lazy("Open"), lambda row: _signed(row, row.open), "money"),
            Column("currency", lazy("Currency"), lambda row: row.currency),
        ),
        lambda row: row.issued_on,
        {
            "month": (lazy("Month"), lambda row: _month(row.issued_on)),
            "customer": (lazy("Customer"), lambda row: row.customer),
            "kind": (lazy("Kind"), lambda row: kinds()[row.kind]),
        },
        lambda row: _signed(row, row.gross),
        lazy("invoices"),
    ),
    "shipments": Report(
        "shipments",
        lazy("Shipments"),
        "fulfilment.shipments",
        {"sort": "oldest"},
        (
            Column("order", lazy("Order"), lambda row: row.order_number),
            Column("note", lazy("Delivery note"), lambda row: row.number),
            Column("customer", lazy("Customer"), lambda row: row.customer),
            Column("warehouse", lazy("From"), lambda row: row.warehouse),
            Column("state", lazy("State"), lambda row: str(SHIPMENT_STATES[row.state])),
            Column("carrier", lazy("Carrier"), lambda row: row.carrier),
            Column("opened", lazy("Opened"), lambda row: row.opened_at, "moment"),
            Column("shipped", lazy("Shipped"), lambda row: row.shipped_at, "moment"),
            Column("delivered", lazy("Delivered"), lambda row: row.delivered_at, "moment"),
            Column("lines", lazy("Lines"), lambda row: Decimal(row.lines), "number"),
        ),
        lambda row: row.shipped_at or row.opened_at,
        {
            "month": (lazy("Month"), lambda row: _month(row.shipped_at or row.opened_at)),
            "state": (lazy("State"), lambda row: str(SHIPMENT_STATES[row.state])),
            "carrier": (lazy("Carrier"), lambda row: row.carrier or "–"),
            "warehouse": (lazy("Warehouse"), lambda row: row.warehouse),
        },
        lambda row: Decimal(row.lines),
        lazy("shipments"),
        lambda _row: "",
    ),
    "backorders": Report(
        "backorders",
        lazy("Back-orders"),
        "orders.queue",
        {},
        (
            Column("order", lazy("Order"), lambda row: row.number),
            Column("customer", lazy("Customer"), lambda row: row.customer),
            Column("item", lazy("Item"), lambda row: row.item),
            Column("what", lazy("What it is"), lambda row: row.item_name),
            Column("owed", lazy("Owed"), lambda row: row.owed, "number"),
            Column("reserved", lazy("Reserved"), lambda row: row.reserved, "number"),
            Column("missing", lazy("Lacks"), lambda row: row.missing, "number"),
            Column("wanted", lazy("Wanted"), lambda row: row.due_on, "date"),
            Column("since", lazy("Waits since"), lambda row: row.placed_at, "moment"),
            Column("net", lazy("Net"), lambda row: row.net, "money"),
            Column("currency", lazy("Currency"), lambda row: row.currency),
        ),
        lambda row: row.placed_at,
        {
            "month": (lazy("Month"), lambda row: _month(row.placed_at)),
            "item": (lazy("Item"), lambda row: row.item),
            "customer": (lazy("Customer"), lambda row: row.customer),
        },
        lambda row: row.net,
        lazy("lines"),
    ),
    "stock": Report(
        "stock",
        lazy("Stock"),
        "stock.levels",
        {},
        (
            Column("item", lazy("Item"), lambda row: row.number),
            Column("name", lazy("Name"), lambda row: row.name),
            Column("warehouse", lazy("Warehouse"), lambda row: row.warehouse_name),
            Column("on_hand", lazy("On hand"), lambda row: row.on_hand, "number"),
            Column("reserved", lazy("Reserved"), lambda row: row.reserved, "number"),
            Column("free", lazy("Free"), lambda row: row.free, "number"),
            Column("unit", lazy("Unit"), lambda row: unit(row.unit)),
        ),
        lambda _row: None,
        {
            "item": (lazy("Item"), lambda row: row.number),
            "warehouse": (lazy("Warehouse"), lambda row: row.warehouse_name),
        },
        lambda row: row.on_hand,
        lazy("places"),
        lambda row: unit(row.unit),
    ),
}


def _signed(row: Any, amount: Decimal) -> Decimal:
    """A credit note takes away."""
    return -amount if row.kind == "credit_note" else amount


def offered(request: HttpRequest) -> list[Report]:
    """The reports this person may see."""
    return [report for report in REPORTS.values() if can(actor(request), report.query)]


def make(request: HttpRequest, report: Report, by: str, since: date | None, until: date | None, which: str) -> Table:
    """The rows of `report` as one state of the database, from `since` to `until`, summed by `by`."""
    with snapshot():
        rows, cut = _rows(request, report, which)
    wanted = [row for row in rows if _within(report.dated(row), since, until)]
    value = report.groups[by][1]
    totals: dict[str, Decimal] = {}
    for row in wanted:
        totals[report.currency(row)] = totals.get(report.currency(row), Decimal(0)) + report.measure(row)
    sums: dict[str, tuple[int, Decimal]] = {}
    for row in wanted:
        name = f"{value(row)} {report.currency(row)}" if len(totals) > 1 else value(row)
        count, so_far = sums.get(name, (0, Decimal(0)))
        sums[name] = (count + 1, so_far + report.measure(row))
    groups = [(name, count, total) for name, (count, total) in sums.items()]
    groups.sort(key=lambda group: group[0] if by == "month" else -group[2])
    if by == "month":
        groups = [(_named(name), count, total) for name, count, total in groups]
    return Table(wanted, groups, totals, cut)


def _named(sorted_by: str) -> str:
    """A month as people call it, with what stands behind it."""
    year_month, *currency = sorted_by.split(" ")
    return " ".join([month(date.fromisoformat(f"{year_month}-01")) if year_month != "–" else year_month, *currency])


def _within(moment: date | datetime | None, since: date | None, until: date | None) -> bool:
    if moment is None:
        return since is None and until is None
    day = timezone.localtime(moment).date() if isinstance(moment, datetime) else moment
    return (since is None or day >= since) and (until is None or day <= until)


def _rows(request: HttpRequest, report: Report, which: str) -> tuple[list[Any], bool]:
    rows: list[Any] = []
    for given in _sets(report, which):
        after: str | None = None
        while len(rows) < MOST:
            page = read(request, report.query, after=after, size=200, **given)
            rows += page.rows
            after = page.next
            if after is None:
                break
        else:
            return rows[:MOST], True
    return rows, False


def _sets(report: Report, which: str) -> Sequence[Mapping[str, Any]]:
    """The questions that give the whole set: one, or one a state where the query knows no `all`."""
    if report.key == "orders":
        return [{**report.given, "which": which}]
    if report.key == "shipments":
        active, past = ("open", "picked", "packed", "shipped"), ("delivered", "cancelled")
        chosen = {"active": active, "archived": past}.get(which, active + past)
        return [{**report.given, "state": state} for state in chosen]
    if report.key in NOW_ONLY:
        return [report.given] if which != "archived" else []
    return [{**report.given, "open": True}] if which == "active" else [report.given]


def sets() -> list[tuple[str, str]]:
    """What a report covers."""
    return [("all", _("All")), ("active", _("Active")), ("archived", _("Archived"))]
