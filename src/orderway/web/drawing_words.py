"""The words of the designer: what steps, facts, happenings and templates are called. What has no words here shows its own name."""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class StepWords(NamedTuple):
    """A command as a step of a map: what it is called, its icon."""

    label: Text
    icon: str


# commands that are about an order, in the order of its life
STEPS: Mapping[str, StepWords] = {
    "orders.verify": StepWords(_("Verify order"), "list-check"),
    "orders.confirm": StepWords(_("Confirm order"), "circle-check"),
    "orders.hold": StepWords(_("Put order on hold"), "hand-stop"),
    "orders.resume": StepWords(_("Let order go on"), "player-play"),
    "orders.cancel": StepWords(_("Cancel order"), "ban"),
    "orders.allocate": StepWords(_("Allocate stock"), "packages"),
    "fulfilment.release": StepWords(_("Release to picking"), "clipboard-list"),
    "billing.issue_prepayment": StepWords(_("Issue prepayment invoice"), "file-dollar"),
    "billing.draft": StepWords(_("Draft invoice"), "file-invoice"),
    "billing.issue": StepWords(_("Issue invoice"), "receipt"),
    "production.specify": StepWords(_("Keep the print job's form"), "printer"),
    "production.make_papers": StepWords(_("Make the print job's papers"), "files"),
    "orders.complete": StepWords(_("Complete order"), "archive"),
}
SUBJECTS: Mapping[str, Text] = {"order": _("Orders"), "message": _("Messages"), "ticket": _("Job tickets"),
    "matter": _("A matter of its own"), "company": _("The company")}  # fmt: skip
FACTS: Mapping[str, Text] = {
    "title": _("Number and customer"),
    "about": _("What it is about"),
    "opened_by": _("Opened by"),
    "number": _("Number"),
    "customer": _("Customer"),
    "customer_group": _("Price group of the customer"),
    "channel": _("Channel"),
    "country": _("Country of delivery"),
    "postcode": _("Postcode of delivery"),
    "net": _("Net value"),
    "currency": _("Currency"),
    "prepay_percent": _("Prepayment in percent"),
    "requested_on": _("Wanted on"),
    "lines": _("Number of lines"),
    "made_lines": _("Lines made to order"),
    "short_lines": _("Lines short of stock"),
    "owed_lines": _("Lines still to deliver"),
    "days_left": _("Days left until it is promised or wanted"),
    "flag": _("Mark (urgent, normal, wait)"),
    "priority": _("Priority, -1 to 2"),
    "calculation": _("Calculation"),
}
# what packages say of an order while it travels (workflow.arrive)
HAPPENINGS: Mapping[str, Text] = {
    "prepaid": _("The prepayment came"),
    "picked": _("The goods are picked"),
    "packed": _("The goods are packed"),
    "shipped": _("The goods are shipped"),
    "delivered": _("The goods are delivered"),
    "paid": _("The order is paid"),
    "production-finished": _("Production is finished"),
}
ARGUMENTS: Mapping[str, Text] = {
    "reason": _("Reason"),
    "percent": _("Percent"),
    "deadline": _("Deadline"),
    "note": _("Note"),
    "notes": _("Notes"),
    "format": _("Format"),
    "pages": _("Pages"),
    "run": _("Run"),
    "paper": _("Paper"),
    "colours": _("Colours"),
    "finishing": _("Finishing"),
    "grain": _("Grain"),
    "margin": _("Margin"),
    "line": _("Line"),
}


class Template(NamedTuple):
    """A map of the gallery to begin with: its file's name without ending, what it is called and what it is for."""

    key: str
    label: Text
    about: Text


TEMPLATES: tuple[Template, ...] = (
    Template("trade_order", _("Trade order"), _("From the order to the archive: verify, confirm, allocate, deliver, bill.")),
    Template("print_order", _("Print order"), _("A print job: form, calculation, approvals, planning, production, delivery.")),
    Template("deliver_and_bill", _("Deliver and bill"), _("Pick, pack, ship, invoice, paid: a part that other maps call.")),
    Template("order_to_cash", _("Order to cash in six phases"), _("Capture, check, allocate, deliver, invoice, collect.")),
    Template("order_entry", _("Order entry"), _("From the message to the confirmed order: compare, verify, check the day, confirm.")),
    Template("credit_check", _("Order with credit check"), _("Large orders and new customers are released by accounting.")),
    Template("quotation_approval", _("Quotation approval"), _("A quotation is calculated, checked, approved by value and sent.")),
    Template("returns", _("Returns"), _("Goods come back, are inspected, and credited or refused.")),
    Template("exchange", _("Exchange"), _("A wrong or broken item is taken back and another one sent.")),
    Template("purchase_approval", _("Purchase approval"), _("A need is checked, approved by value and ordered.")),
    Template("complaint", _("Complaint"), _("A complaint is noted, its cause found, settled, and the customer told.")),
    Template("contract_approval", _("Contract approval"), _("A contract is drafted, looked at from all sides and signed.")),
    Template("absence", _("Absence request"), _("Somebody asks for leave, the manager decides, both are told.")),
    Template("supplier_invoice", _("Supplier invoice"), _("Three-way match of order, goods and invoice; differences are settled.")),
    Template("order_change", _("Order change"), _("The customer changes an order: what it costs, whether it goes, new dates.")),
)  # fmt: skip
