"""The four facts of an order as chips: stock, goods, money, papers; and what the order comes to."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orderway.catalog.sums import Tax, Totals, totals
from orderway.orders.rules import net_left

from .templatetags.ui import money


def sums(order: Any, lines: Sequence[Any]) -> Totals:
    """What the order comes to if all of it is delivered: the sums of its lines with their taxes (EN 16931)."""
    parts = [
        (
            Tax(line.tax_category, line.tax_rate),
            net_left(Decimal(line.net), line.quantity, line.cancelled, order.currency),
        )
        for line in lines
    ]
    return totals(parts, order.currency)


def _shares(shares: Sequence[str], most: int = 12) -> list[str]:
    """The segments of a fact; of many lines a dozen that keep their proportion."""
    if len(shares) <= most:
        return list(shares)
    return [shares[i * len(shares) // most] for i in range(most)]


def stock(lines: Sequence[Any]) -> dict[str, Any]:
    """What is reserved of what stock must give."""
    wanted = [line for line in lines if line.demand_id]
    full = [line for line in wanted if line.allocated + line.met >= line.quantity - line.cancelled]
    none = not any(line.allocated + line.met for line in wanted)
    verdict = _("Nothing to reserve") if not wanted else _("All reserved") if len(full) == len(wanted) else ""
    verdict = verdict or (_("Not reserved") if none else _("Short"))
    words = _("%(n)s of %(all)s lines reserved") % {"n": len(full), "all": len(wanted)} if wanted else ""
    parts = ["full" if line in full else "wait" if line.allocated + line.met else "" for line in wanted]
    tone = "wait" if wanted and len(full) < len(wanted) and not none else ""
    return _fact(_("Stock"), "packages", verdict, tone, parts, words)


def goods(lines: Sequence[Any], events: Sequence[Any]) -> dict[str, Any]:
    """What has left of what stock must give, and by the order's events whether all of it has arrived."""
    wanted = [line for line in lines if line.demand_id and line.quantity > line.cancelled]
    gone = [line for line in wanted if line.delivered >= line.quantity - line.cancelled]
    some = any(line.delivered for line in wanted)
    verdict = _("Nothing to ship") if not wanted else _("All shipped") if len(gone) == len(wanted) else ""
    verdict = _("All delivered") if wanted and len(gone) == len(wanted) and _arrived(events) else verdict
    verdict = verdict or (_("Partly shipped") if some else _("Not shipped"))
    words = _("%(n)s of %(all)s lines have left") % {"n": len(gone), "all": len(wanted)} if wanted else ""
    parts = ["full" if line in gone else "now" if line.delivered else "" for line in wanted]
    return _fact(_("Goods"), "truck-delivery", verdict, "", parts, words)


def _arrived(events: Sequence[Any]) -> bool:
    """Whether every shipment that left is known to be at the customer's."""
    left = {event.subject_id for event in events if event.name == "shipment.shipped"}
    return bool(left) and left <= {event.subject_id for event in events if event.name == "shipment.delivered"}


def money_fact(order: Any, invoices: Sequence[Any]) -> dict[str, Any]:
    """What was invoiced, and what of it is open."""
    bills = [one for one in invoices if one.kind != "credit_note"]
    left = sum((one.open for one in bills), Decimal(0))
    overdue = any(one.overdue for one in bills)
    terms = _("%(days)s days net") % {"days": order.payment_days}
    if order.prepay_open:
        verdict, tone = _("Waits for prepayment"), "wait"
    elif not bills:
        verdict, tone = _("Not invoiced"), ""
    elif left > 0:
        verdict, tone = (_("Overdue"), "late") if overdue else (_("Open"), "")
        terms = _("%(amount)s open") % {"amount": money(left, order.currency)}
    else:
        verdict, tone = _("Paid"), ""
    parts = ["late" if one.overdue else "full" if one.open <= 0 else "now" for one in bills] or [""]
    return _fact(_("Money"), "receipt-euro", verdict, tone, parts, terms) | {"url": f"/orders/{order.id}?tab=money"}


def papers(order: Any, papers: Sequence[Any]) -> dict[str, Any]:
    """How many papers lie in the parcel, and how many of them cannot change any more."""
    sealed = [paper for paper in papers if paper.sealed_at]
    words = ngettext("%(n)d paper", "%(n)d papers", len(papers)) % {"n": len(papers)} if papers else _("None yet")
    said = _("%(n)s sealed") % {"n": len(sealed)}
    parts = ["full" if paper.sealed_at else "" for paper in papers] or [""]
    return _fact(_("Papers"), "files", words, "", parts, said) | {"url": f"/orders/{order.id}?tab=parcel"}


def _fact(name: str, icon: str, verdict: str, tone: str, parts: Sequence[str], sentence: str) -> dict[str, Any]:
    return {
        "name": name,
        "icon": icon,
        "verdict": verdict,
        "tone": tone,
        "parts": _shares(parts) or [""],
        "sentence": sentence,
    }
