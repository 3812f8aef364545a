"""What people type and what rows say, between a form and a command: figures in the reader's locale, quantities with units."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext as _

from orderway.kernel.outcome import Outcome

from .amounts import typed
from .refusal_words import refusal_text
from .respond import may
from .templatetags.ui import day, moment, number
from .units import unit as unit_words


def decimal(text: str) -> str:
    """A figure as typed in the reader's locale, as a command reads it; what is no figure stays, so that it is refused by name."""
    value = typed(text)
    return text.strip() if value is None else str(value)


def amount(quantity: Decimal | None, unit: str) -> str:
    """A quantity with its unit in words: `2,500 pcs`."""
    return "" if quantity is None else f"{number(quantity)} {unit_words(unit)}".strip()


def refusals(outcome: Outcome) -> Sequence[str]:
    """What stands in the way, in sentences, each once."""
    return list(dict.fromkeys(refusal_text(refusal) for refusal in outcome.refused))


def choices(rows: Sequence[Any], value: str = "id", label: str = "name") -> list[dict[str, Any]]:
    """Rows as the choices of a select."""
    return [{"value": getattr(row, value), "label": getattr(row, label)} for row in rows]


def span(length: timedelta) -> str:
    """A length of time in its largest unit: `41 m`, `5 h`, `2 d`."""
    minutes = max(0, int(abs(length).total_seconds() // 60))
    if minutes < 60:
        return _("%(n)s m") % {"n": minutes}
    if minutes < 48 * 60:
        return _("%(n)s h") % {"n": minutes // 60}
    return _("%(n)s d") % {"n": minutes // (24 * 60)}


def due_words(due: datetime | None, now: datetime) -> tuple[str, str]:
    """When something is due, short, and its tone: `2 d late` is late, a time of today or a day is not."""
    if due is None:
        return "", ""
    if due < now:
        return _("%(span)s late") % {"span": span(now - due)}, "late"
    return moment(due) if due - now < timedelta(hours=20) else day(due), ""


def needs(request: HttpRequest, name: str) -> None:
    """Open a form only for whoever may send it; for others it is a 403."""
    if not may(request, name):
        raise PermissionDenied
