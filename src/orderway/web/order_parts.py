"""What stands under the tabs of an order: lines with findings, papers, maps, invoices."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from . import findings
from .amounts import decimals
from .documents import originals
from .listing import column
from .order_facts import sums
from .reasons import decided
from .respond import read_if
from .standing import on_whom
from .templatetags.ui import Row, day, moment, number
from .timeline import days
from .units import unit
from .words import PAPERS

LINES = (
    column("pos", lazy("Pos"), soft=True, narrow="lead"),
    column("item", lazy("Item"), grow=6, narrow="title"),
    column("quantity", lazy("Quantity"), kind="number", narrow="end2"),
    column("state", lazy("State"), kind="state", narrow="sub"),
    column("price", lazy("Price"), kind="number", narrow="hide"),
    column("net", lazy("Net"), kind="money", strong=True),
    column("why", lazy("Why?"), narrow="foot", soft=True),
)
PAPER_COLUMNS = (
    column("name", lazy("Paper"), grow=5, narrow="title", strong=True),
    column("kind", lazy("Kind"), grow=2, narrow="sub", soft=True),
    column("parcel", lazy("Parcel"), narrow="hide", soft=True),
    column("version", lazy("Version"), kind="number", narrow="end2"),
    column("at", lazy("Since"), kind="moment", narrow="foot"),
    column("sealed", lazy("Sealed"), kind="moment", narrow="hide"),
)
INVOICES = (
    column("no", lazy("Invoice"), kind="id"),
    column("kind", lazy("Kind"), grow=3, narrow="sub", soft=True),
    column("on", lazy("Issued"), kind="date"),
    column("due", lazy("Due"), kind="date", narrow="end2"),
    column("gross", lazy("Gross"), kind="money"),
    column("open", lazy("Open"), kind="money", strong=True, narrow="end"),
)


def of_tab(
    request: HttpRequest,
    tab: str,
    order: Any,
    lines: Sequence[Any],
    papers: Sequence[Any],
    invoices: Sequence[Any],
    events: Sequence[Any],
    at: datetime | None = None,
) -> dict[str, Any]:
    """The context of orders/<tab>.html; `at` is the past moment that is shown."""
    if tab == "lines" and at:
        return _lines_tab(order, lines, past=True)
    if tab == "lines":
        return _lines_tab(order, lines) | {
            "findings": findings.table_rows(request, order),
            "finding_columns": findings.COLUMNS,
        }
    if tab == "parcel":
        return {
            "columns": PAPER_COLUMNS,
            "rows": [
                paper_row(paper)
                for paper in [
                    *papers,
                    *[paper for paper in originals(request, order.id, papers) if not at or paper.at <= at],
                ]
            ],
            "empty": {"text": _no_papers()},
        }
    if tab == "map":
        why = None if at else decided(request, "order", order.id)
        return {"maps": _maps(request, order, at), "empty": {"text": _no_map()}, "why": why}
    if tab == "money":
        return {"columns": INVOICES, "rows": [invoice_row(one) for one in invoices], "empty": {"text": _no_invoices()}}
    return {"all_days": days(request, events), "activity": None}


def _no_papers() -> str:
    return _("No papers yet. What the customer sent and what we write about this order lies here, without a click.")


def _no_map() -> str:
    return _("This order runs on no workflow map. A published map takes it up when the order is placed.")


def _no_invoices() -> str:
    return _("Nothing was invoiced yet. An invoice appears here when goods have left or a prepayment is due.")


def _lines_tab(order: Any, lines: Sequence[Any], *, past: bool = False) -> dict[str, Any]:
    sum_of = sums(order, lines)
    cells = [
        (_("Net"), sum_of.net, True),
        *((_("VAT %(rate)s %%") % {"rate": number(row.tax.rate)}, row.amount, True) for row in sum_of.taxes),
        (_("Total, %(days)s days net") % {"days": order.payment_days}, sum_of.gross, False),
    ]
    rows: list[dict[str, Any]] = [
        {"label": label, "cells": {"net": amount}, "light": light, "align": "end"} for label, amount, light in cells
    ]
    for row in rows[1:-1] if not past else ():
        row["why_url"] = reverse("tax-why", args=[order.id])
    return {"columns": LINES, "rows": [_line(line, past=past) for line in lines], "totals": rows}


def _line(line: Any, *, past: bool = False) -> Row:
    left = line.quantity - line.cancelled
    sub = " · ".join(str(part) for part in (line.item_number, day(line.requested_on)) if part)
    per = "" if line.per == 1 else _("per %(n)s") % {"n": number(line.per)}
    return {
        "id": line.id,
        "url": f"/items/{line.item_id}",
        "cells": {
            "pos": str(line.position),
            "item": {"text": line.description, "sub": sub, "url": f"/items/{line.item_id}"},
            "quantity": {"text": left, "note": unit(line.unit)},
            "state": _line_state(line, left, past=past),
            "price": {"text": number(line.price, decimals(line.price)), "sub": per},
            "net": line.net,
            "why": "" if past else {"text": _("Why?"), "url": f"/orders/{line.order_id}/lines/{line.id}/why"},
        },
    }


def _line_state(line: Any, left: Decimal, *, past: bool = False) -> Mapping[str, Any]:
    if left <= 0:
        return {"text": _("Cancelled")}
    if line.demand_id is None:
        return {"text": _("Invoiced") if line.invoiced >= left else _("Service")}
    if line.delivered >= left:
        return {"text": _("Shipped")}
    if past:  # what lay reserved then is not in the events of the order
        return {"text": _("Partly shipped") if line.delivered else ""}
    if line.allocated + line.met >= left:
        return {"text": _("Reserved")}
    missing = left - line.allocated - line.met
    if line.allocated + line.met:
        return {"text": _("%(n)s short") % {"n": number(missing)}, "tone": "wait"}
    return {"text": _("Not reserved")}


def paper_row(paper: Any) -> Row:
    """A paper as a row of a list."""
    return {
        "id": f"p{paper.id}",
        "url": f"/documents/{paper.id}",
        "cells": {
            "name": {"text": paper.name, "url": f"/documents/{paper.id}"},
            "kind": str(PAPERS.get(paper.kind, paper.kind)),
            "parcel": paper.parcel,
            "version": paper.version,
            "at": paper.at,
            "sealed": paper.sealed_at,
        },
    }


def invoice_row(one: Any) -> Row:
    """An invoice as a row of a list."""
    return {
        "id": f"i{one.id}",
        "url": f"/billing/invoices/{one.id}",
        "tone": "late" if one.overdue else "",
        "cells": {
            "no": one.number,
            "kind": str(PAPERS.get(one.kind, one.kind)),
            "on": one.issued_on,
            "due": one.due_on,
            "gross": {"text": one.gross},
            "open": {"text": one.open, "tone": "late" if one.overdue else ""},
        },
    }


def _maps(request: HttpRequest, order: Any, at: datetime | None = None) -> list[dict[str, Any]]:
    found = read_if(request, "workflow.position", subject_type="order", subject=order.id) or []
    waiting = read_if(request, "workflow.waiting_on", subject_type="order", subject=order.id) if at is None else None
    holds = {(row.map, row.node): on_whom(row) for row in waiting.rows} if waiting else {}
    return [
        {
            "url": f"/orders/{order.id}/map/{one.instance}",
            "name": one.name,
            "since": one.started_at,
            "ended": one.ended_at,
            "current": json.dumps([node for node, *_rest in one.at] if at is None else []),
            "passed": json.dumps([flow for flow, passed in one.path if at is None or passed <= at]),
            "counts": json.dumps({}),
            # an order may be on two maps, or twice on one: each picture says which
            "words": f"{one.name}, {moment(one.started_at)}: {_('Where the order stands on the map and the way it took')}",
            "at": [
                {
                    "name": one.labels.get(node) or _("Where ways meet"),
                    "state": state,
                    "since": since,
                    "on": holds.get((one.map, node), ""),
                }
                for node, state, since, _code in (one.at if at is None else ())
            ],
        }
        for one in found
        if at is None or one.started_at <= at
    ]
