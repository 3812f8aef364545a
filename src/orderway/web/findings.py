"""What the check of an order found, in words: what it rests on, and how to let it pass where it stands."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from .listing import column
from .respond import may, read_if
from .templatetags.ui import Row, day, money
from .words import CHECKS

COLUMNS = (
    column("check", lazy("Check"), grow=3, strong=True, narrow="title"),
    column("result", lazy("Result"), kind="state", narrow="end"),
    column("evidence", lazy("Rests on"), grow=5, soft=True, narrow="sub"),
    column("waived", lazy("May pass because"), grow=3, soft=True, narrow="foot"),
)
Evidence = Mapping[str, Any]


def _address(told: Evidence, _currency: str) -> str:
    parts = {"ship_street": _("street"), "ship_city": _("town"), "ship_country": _("country")}
    if missing := [parts.get(name, name) for name in told.get("missing", ())]:
        return _("Missing: %(parts)s") % {"parts": ", ".join(missing)}
    return _("“%(postcode)s” is no postcode of %(country)s") % {
        "postcode": told.get("postcode", ""),
        "country": told.get("country", ""),
    }


def _vat(told: Evidence, _currency: str) -> str:
    return _("%(number)s is no valid VAT number") % {"number": told.get("vat_id", "")}


def _dates(told: Evidence, _currency: str) -> str:
    return _("Wanted on %(day)s, which has passed") % {"day": day(date.fromisoformat(str(told["requested_on"])))}


def _duplicate(told: Evidence, _currency: str) -> str:
    return _("This customer used the reference “%(reference)s” before") % {"reference": told.get("reference", "")}


def _prices(told: Evidence, _currency: str) -> str:
    items = told.get("lines", [])
    words = ngettext("Not the list price: %(items)s", "Not the list prices: %(items)s", len(items))
    return words % {"items": ", ".join(items)}


def _stock(told: Evidence, _currency: str) -> str:
    return _("Not enough is free of %(items)s") % {"items": ", ".join(told.get("lines", []))}


def _credit(told: Evidence, currency: str) -> str:
    figures = {name: money(Decimal(str(told[name])), currency) for name in ("open", "limit")}
    return _("%(open)s open, the limit is %(limit)s") % figures


def _terms(told: Evidence, _currency: str) -> str:
    return _("%(days)s days are not between 0 and 120") % {"days": told.get("payment_days", "")}


WORDS: Mapping[str, Callable[[Evidence, str], str]] = {
    "address": _address,
    "vat-number": _vat,
    "dates": _dates,
    "duplicate": _duplicate,
    "prices": _prices,
    "stock": _stock,
    "credit": _credit,
    "terms": _terms,
}


def rests_on(check: str, evidence: Evidence, currency: str) -> str:
    """Why a check did not pass, in a short sentence."""
    words = WORDS.get(check)
    return words(evidence, currency) if words else ", ".join(str(value) for value in evidence.values() if value)


def standing(request: HttpRequest, order: Any) -> list[dict[str, Any]]:
    """What the last check of an order found: {id, check, blocks, words, waived (the reason), url (to let it pass, else empty)}."""
    rows = read_if(request, "orders.findings", id=order.id) or []
    mine = may(request, "orders.waive") and order.state in ("placed", "held")
    return [_standing(order, row, mine) for row in rows if not row.passed]


def _standing(order: Any, row: Any, mine: bool) -> dict[str, Any]:
    blocks = row.severity == "block" and not row.waived_reason
    return {
        "id": row.id,
        "check": str(CHECKS.get(row.check_name, row.check_name)),
        "blocks": blocks,
        "words": rests_on(row.check_name, json.loads(row.evidence), order.currency),
        "waived": row.waived_reason,
        "url": f"/orders/{order.id}/waive/{row.id}" if mine and blocks else "",
    }


def table_rows(request: HttpRequest, order: Any) -> list[Row]:
    """The findings as rows under COLUMNS."""
    return [_row(one) for one in standing(request, order)]


def _row(one: Mapping[str, Any]) -> Row:
    result = {
        "text": _("Stands in the way") if one["blocks"] else _("Worth a look"),
        "tone": "late" if one["blocks"] else "",
    }
    waive = {"text": _("Let it pass"), "url": one["url"], "link_class": "act"}
    cells = {
        "check": one["check"],
        "result": result,
        "evidence": one["words"],
        "waived": one["waived"] or (waive if one["url"] else ""),
    }
    return {"id": f"f{one['id']}", "cells": cells}
