"""The words for codes: states, channels, stages, kinds, events and refusals, in the reader's language."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from orderway.kernel.outcome import Refusal

from .templatetags.ui import number

Text = str | Promise
STATES: Mapping[str, Text] = {
    "placed": lazy("Placed"),
    "held": lazy("On hold"),
    "confirmed": lazy("Confirmed"),
    "completed": lazy("Completed"),
    "cancelled": lazy("Cancelled"),
}
STAGES: Mapping[str, Text] = {
    "check": lazy("To confirm"),
    "held": lazy("On hold"),
    "short": lazy("Waits for goods"),
    "deliver": lazy("To deliver"),
    "invoice": lazy("To invoice"),
    "pay": lazy("To be paid"),
}
CHANNELS: Mapping[str, Text] = {
    "shop": lazy("Shop"),
    "counter": lazy("Counter"),
    "phone": lazy("Phone"),
    "mail": lazy("Mail"),
    "edi": lazy("EDI"),
    "file": lazy("File"),
    "fax": lazy("Fax"),
    "scan": lazy("Scan"),
    "api": lazy("API"),
    "office": lazy("Office"),
}
KINDS: Mapping[str, Text] = {"goods": lazy("Goods"), "made": lazy("Made to order"), "service": lazy("Service")}
# UN/ECE Recommendation 20
UNITS: Mapping[str, Text] = {
    "H87": lazy("pcs"),
    "C62": lazy("pcs"),
    "KGM": lazy("kg"),
    "GRM": lazy("g"),
    "MTR": lazy("m"),
    "MTK": lazy("m²"),
    "LTR": lazy("l"),
    "HUR": lazy("h"),
    "XPK": lazy("packs"),
    "BX": lazy("boxes"),
    "ST": lazy("sheets"),
    "MIL": lazy("thousand"),
}
ROLES: Mapping[str, Text] = {
    "manager": lazy("Manager"),
    "accountant": lazy("Accountant"),
    "quality": lazy("Quality"),
    "planner": lazy("Planner"),
    "production": lazy("Production"),
    "warehouse": lazy("Warehouse"),
    "purchasing": lazy("Purchasing"),
    "administrator": lazy("Administrator"),
    "auditor": lazy("Auditor"),
}
REASONS: Mapping[str, Text] = {
    "received": lazy("Received"),
    "counted": lazy("Counted"),
    "scrapped": lazy("Scrapped"),
    "made": lazy("Made"),
    "used": lazy("Used up"),
    "shipped": lazy("Shipped"),
    "returned": lazy("Came back"),
    "sold": lazy("Sold"),
}
PAPERS: Mapping[str, Text] = {
    "message": lazy("Original"),
    "original": lazy("Original"),
    "order_confirmation": lazy("Order confirmation"),
    "receipt": lazy("Receipt"),
    "delivery_note": lazy("Delivery note"),
    "packing_list": lazy("Packing list"),
    "pick_list": lazy("Pick list"),
    "invoice": lazy("Invoice"),
    "prepayment_invoice": lazy("Prepayment invoice"),
    "credit_note": lazy("Credit note"),
    "worksheet": lazy("Worksheet"),
    "price_sheet": lazy("Price sheet"),
    "paper_description": lazy("Paper description"),
    "price_list": lazy("Price list"),
    "shipped": lazy("Shipping message"),
    "mail": lazy("Mail"),
}
CHECKS: Mapping[str, Text] = {
    "address": lazy("Delivery address"),
    "vat-number": lazy("VAT number"),
    "dates": lazy("Dates"),
    "duplicate": lazy("Not ordered twice"),
    "prices": lazy("Prices as agreed"),
    "stock": lazy("Goods are there"),
    "credit": lazy("Credit limit"),
    "terms": lazy("Terms of payment"),
    "lines": lazy("Lines"),
}


class Told(NamedTuple):
    """How an event reads in a timeline: a sentence, an icon, a tone."""

    text: Text
    icon: str
    tone: str = ""


EVENTS: Mapping[str, Told] = {
    "order.placed": Told(lazy("Order placed"), "file-plus"),
    "order.verified": Told(lazy("Order checked"), "list-check"),
    "order.finding_waived": Told(lazy("Finding may pass"), "shield-check"),
    "order.confirmed": Told(lazy("Order confirmed"), "circle-check", "done"),
    "order.held": Told(lazy("Put on hold"), "hand-stop", "wait"),
    "order.resumed": Told(lazy("Goes on"), "player-play"),
    "order.cancelled": Told(lazy("Order cancelled"), "ban", "late"),
    "order.allocated": Told(lazy("Goods reserved"), "packages"),
    "order.delivered": Told(lazy("Goods have left"), "truck-delivery"),
    "order.invoiced": Told(lazy("Invoiced"), "receipt"),
    "order.short_shipped": Told(lazy("Will not be delivered in full"), "package-export", "wait"),
    "order.repriced": Told(lazy("Price calculated anew"), "calculator"),
    "order.prepaid": Told(lazy("Prepayment came"), "coin", "done"),
    "order.settled": Told(lazy("Paid in full"), "coin", "done"),
    "order.completed": Told(lazy("Order completed"), "circle-check", "done"),
    "order.undone": Told(lazy("Undone"), "corner-up-left"),
    "shipment.released": Told(lazy("Pick list released"), "clipboard-list"),
    "shipment.lines_picked": Told(lazy("Goods picked"), "hand-stop"),
    "shipment.packed": Told(lazy("Packed"), "package-import"),
    "shipment.shipped": Told(lazy("Shipped"), "truck-delivery", "done"),
    "shipment.delivered": Told(lazy("Delivered"), "map-pin", "done"),
    "goods.taken_back": Told(lazy("Goods came back"), "truck-return"),
    "invoice.drafted": Told(lazy("Invoice drafted"), "file-invoice"),
    "invoice.issued": Told(lazy("Invoice issued"), "file-invoice"),
    "prepayment.issued": Told(lazy("Prepayment invoice issued"), "file-dollar"),
    "credit_note.issued": Told(lazy("Credit note issued"), "receipt-refund"),
    "payment.noted": Told(lazy("Payment came"), "coin"),
    "invoice.paid": Told(lazy("Invoice paid"), "coin", "done"),
    "parcel.opened": Told(lazy("Parcel opened"), "folder"),
    "parcel.closed": Told(lazy("Parcel closed"), "lock"),
    "parcel.committed": Told(lazy("Parcel archived"), "archive", "done"),
    "document.added": Told(lazy("Paper added"), "paperclip"),
    "document.sealed": Told(lazy("Paper sealed"), "lock"),
    "message.received": Told(lazy("Message received"), "mail"),
    "message.written": Told(lazy("Message written"), "mail-forward"),
    "print_spec.specified": Told(lazy("Print job specified"), "printer"),
    "print_spec.changed": Told(lazy("Print job changed"), "printer"),
    "print_spec.papers_filed": Told(lazy("Papers of the print job filed"), "files"),
    "estimate.made": Told(lazy("Price calculated"), "calculator"),
    "job_ticket.laid_out": Told(lazy("Job tickets laid out"), "printer"),
    "job_ticket.planned": Told(lazy("Planned"), "calendar"),
    "job_ticket.started": Told(lazy("Running"), "player-play"),
    "job_ticket.finished": Told(lazy("Finished"), "check", "done"),
    "job_ticket.withdrawn": Told(lazy("Job tickets withdrawn"), "x"),
    "process.started": Told(lazy("On its way through the map"), "sitemap"),
    "process.ended": Told(lazy("Way through the map ended"), "sitemap"),
    "process.failed": Told(lazy("Way through the map failed"), "sitemap"),
    "signal.given": Told(lazy("Signal given"), "sitemap"),
    "work.completed": Told(lazy("Done"), "check"),
    "paper.described": Told(lazy("Paper description"), "files"),
    "item.added": Told(lazy("Item added"), "tag"),
    "price.set": Told(lazy("Price set"), "coin"),
    "party.taken_on": Told(lazy("Taken on"), "user-plus"),
    "stock.moved": Told(lazy("Stock moved"), "transfer"),
}
REFUSALS: Mapping[str, Text] = {
    "not-allowed": lazy("Your roles do not include this."),
    "key-reused": lazy("This form was sent before with other content. Reload the page and try again."),
    "invalid": lazy("Row %(row)s, %(field)s: %(reason)s"),
    "unknown-customer": lazy("There is no such customer. Choose one from the list."),
    "no-lines": lazy("An order needs at least one line."),
    "unknown-channel": lazy("The channel %(channel)s is not known."),
    "quantity-not-positive": lazy("Line %(position)s: the quantity must be more than 0."),
    "price-not-possible": lazy("Line %(position)s: price and discount must not be below 0."),
    "unknown-item": lazy("Line %(position)s: there is no such item, or it is no longer sold."),
    "no-price": lazy("Line %(position)s: %(item)s has no price for this customer and day. Enter one."),
    "no-tax-rate": lazy("Line %(position)s: %(item)s has no tax rate. Ask accounting to set one."),
    "unknown-order": lazy("There is no such order."),
    "wrong-state": lazy("%(number)s is %(state)s; this is not possible now."),
    "findings": lazy("The check found what stands in the way: %(checks)s."),
    "unknown-finding": lazy("There is no such finding any more; the order was checked again."),
    "reason-missing": lazy("Say why."),
    "already-delivered": lazy("Something of this order was delivered or invoiced. Take it back first."),
    "short-stock": lazy("Only %(free)s are free, %(wanted)s were wanted."),
    "unknown-place": lazy("There is no such item or warehouse."),
    "number-in-use": lazy("The number %(number)s is taken."),
    "number-missing": lazy("A number is needed."),
    "name-missing": lazy("A name is needed."),
    "negative-price": lazy("A price must not be below 0, and counts for more than 0 pieces."),
    "unknown-party": lazy("There is no such customer or supplier."),
    "unknown-command": lazy("There is nothing to undo."),
    "not-reversible": lazy("This cannot be undone."),
    "changed-since": lazy("It was changed since; undoing would overwrite that."),
    "unknown-language": lazy("The language %(language)s is not known."),
    "unknown-theme": lazy("The theme %(theme)s is not known."),
    "unknown-person": lazy("There is no such person here."),
    "unknown-role": lazy("There is no role %(role)s."),
    "not-finished": lazy("Not everything is delivered, invoiced and paid: %(missing)s."),
}


def refusal_text(refusal: Refusal) -> str:
    """What stands in the way, in a sentence; an unknown code shows itself with its facts."""
    text = REFUSALS.get(refusal.code)
    facts: dict[str, Any] = {"row": (refusal.subject or 0) + 1, **refusal.facts}
    if "state" in facts:
        facts["state"] = STATES.get(str(facts["state"]), facts["state"])
    for name in ("free", "wanted"):
        if name in facts:
            facts[name] = number(facts[name])
    if isinstance(facts.get("checks"), list):
        facts["checks"] = ", ".join(str(CHECKS.get(one, one)) for one in facts["checks"])
    if text is None:
        return f"{refusal.code} {dict(refusal.facts) or ''}".strip()
    try:
        return str(text) % facts
    except (KeyError, ValueError):
        return f"{refusal.code} {dict(refusal.facts)}"


def told(name: str) -> Told:
    """How an event reads; one that nobody put in words shows its own name."""
    return EVENTS.get(name) or Told(name.replace("_", " ").replace(".", ": "), "circle-dashed")


def unit(code: str) -> str:
    """The short word of a unit, or its code."""
    return str(UNITS.get(code, code))


def done_refused(done: str, refused: int) -> str:
    """What was done, and how many were refused."""
    return done if not refused else _("%(done)s, %(n)d refused") % {"done": done, "n": refused}
