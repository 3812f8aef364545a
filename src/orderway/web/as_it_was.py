"""An order as it stood at a past moment, rebuilt from the images that its events hold."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from .templatetags.ui import moment

Images = Mapping[str, Mapping[int, Mapping[str, Any]]]
# what is shown beside the order's own rows and is not in its events: it cannot be told for the past
UNKNOWN = {"allocated": Decimal(0), "met": Decimal(0)}


def images(events: Sequence[Any], at: datetime) -> Images:
    """The rows that the events up to `at` wrote, by table and id: the first image whole, later ones laid over it."""
    rows: dict[str, dict[int, dict[str, Any]]] = {}
    for event in sorted(events, key=lambda event: event.id):
        if event.at > at:
            continue
        for change in json.loads(event.data, parse_float=Decimal).get("changes", ()):
            rows.setdefault(change["table"], {}).setdefault(change["id"], {}).update(change["new"])
    return rows


def laid_over(row: Any, image: Mapping[str, Any]) -> Any:
    """A row as it is now with the columns that its image holds, in their own types."""
    return row._replace(
        **{name: _typed(value, getattr(row, name)) for name, value in image.items() if hasattr(row, name)}
    )


def _typed(value: Any, now: Any) -> Any:
    if isinstance(value, str) and (isinstance(now, date) or (now is None and _is_day(value))):
        return datetime.fromisoformat(value) if isinstance(now, datetime) else date.fromisoformat(value[:10])
    if isinstance(now, Decimal) and value is not None:
        return Decimal(str(value))
    return value


def _is_day(value: str) -> bool:
    return len(value) == 10 and value[4] == value[7] == "-" and value.replace("-", "").isdigit()


def asked_moment(request: HttpRequest, events: Sequence[Any]) -> datetime | None:
    """The past moment that the address asks for, None for now; before the first event there was nothing."""
    # a plus sign in an address is a space where nobody escaped it
    at = parse_datetime(request.GET.get("at", "").replace(" ", "+"))
    if at is None or not events:
        return None
    at = at if timezone.is_aware(at) else timezone.make_aware(at)
    last = max(event.at for event in events)
    return None if at >= last else max(at, min(event.at for event in events))


def order_at(order: Any, lines: Sequence[Any], events: Sequence[Any], at: datetime) -> tuple[Any, list[Any]]:
    """The head and the lines of an order as they stood at `at`; what stock knew then is not told."""
    then = images(events, at)
    head = laid_over(order, then.get("sales_order", {}).get(order.id, {}))
    then_lines = then.get("order_line", {})
    shown = [laid_over(line, {**then_lines[line.id], **UNKNOWN}) for line in lines if line.id in then_lines]
    return head._replace(owing=False), shown


def invoices_at(invoices: Sequence[Any], events: Sequence[Any], at: datetime) -> list[Any]:
    """The invoices that were issued by `at`, each with what was open then."""
    then = images(events, at).get("invoice", {})
    rows = [laid_over(row, then[row.id]) for row in invoices if then.get(row.id, {}).get("state") == "issued"]
    return [
        row._replace(
            open=row.due - row.paid,
            overdue=row.due > row.paid and bool(row.due_on) and row.due_on < timezone.localdate(at),
        )
        for row in rows
    ]


def slider(order: Any, events: Sequence[Any], at: datetime | None, tab: str) -> dict[str, Any]:
    """The context of components/time_slider.html: one moment a change, the last one is now."""
    times = sorted({event.at for event in events})
    if len(times) < 2:
        return {}
    length = (times[-1] - times[0]).total_seconds() or 1.0
    shares = [round((time - times[0]).total_seconds() / length * 100, 1) for time in times]
    moments = [
        {"at": time.isoformat(), "words": moment(time), "share": share}
        for time, share in zip(times, shares, strict=True)
    ]
    index = next((n for n, time in enumerate(times) if at and time >= at), len(times) - 1)
    return {
        "url": f"/orders/{order.id}?tab={tab}",
        "moments": json.dumps(moments),
        "ticks": [{"share": share} for share in shares[:-1]],
        "labels": [{"share": 0, "text": moment(times[0])}],
        "count": len(moments),
        "value": index,
        "now_words": _("since %(at)s") % {"at": moment(times[-1])},
    }
