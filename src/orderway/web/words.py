"""The words for codes: states, channels, stages, kinds and refusals, in the reader's language."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from .work_words import ABSENCE_KINDS, ABSENCE_STATES, PRIORITIES, RACI, WEEKDAYS

__all__ = ["ABSENCE_KINDS", "ABSENCE_STATES", "PRIORITIES", "RACI", "WEEKDAYS"]
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
FLAGS: Mapping[str, Text] = {"urgent": lazy("urgent"), "normal": lazy("normal"), "wait": lazy("can wait")}
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
    "label": lazy("Shipping label"),
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


SHIPMENT_STATES: Mapping[str, Text] = {
    "open": lazy("To pick"),
    "picked": lazy("To pack"),
    "packed": lazy("To ship"),
    "shipped": lazy("On the way"),
    "delivered": lazy("Delivered"),
    "cancelled": lazy("Cancelled"),
}


def done_refused(done: str, refused: int) -> str:
    """What was done, and how many were refused."""
    return done if not refused else _("%(done)s, %(n)d refused") % {"done": done, "n": refused}
