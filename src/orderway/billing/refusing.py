"""Why invoicing, crediting or paying is refused: what it rests on, and the rules that the commands judge by and "Why not?" tells by."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from orderway.kernel.outcome import Refusal
from orderway.orders.refusing import Leaves
from orderway.orders.refusing import judges as order_judges
from orderway.workflow.acts import Acts

BILLED = frozenset({"confirmed", "completed"})  # the states of an order in which it is charged
PREPAID = frozenset({"confirmed"})  # and in which it is prepaid
ISSUED = frozenset({"issued"})
LAST_LEVEL = 3  # reminders; after the third other ways are gone
REST = 7  # days between two reminders, so that a payment under way can arrive


class InvoiceLeaves(NamedTuple):
    """What refusals of acts on an invoice rest on, as it is now: its state, what is `due` for it in all, and how much of that was `paid`.

    `number` is empty while it is a draft; `order_id`, `order_number` and `currency` are those of its order. `days_late` counts from the
    due day (None: there is none), `reminded` how often its customer was reminded, the last time `days_since` days ago, and `by_mail`
    says whether they have a mail address.
    """

    id: int
    number: str
    order_id: int
    order_number: str
    currency: str
    state: str
    due: Decimal
    paid: Decimal
    kind: str = "invoice"
    days_late: int | None = 1
    reminded: int = 0
    days_since: int | None = None
    by_mail: bool = True


class PrepayLeaves(NamedTuple):
    """What refusing a prepayment of an order rests on: its state, and whether one was asked for already (`prepaid`)."""

    id: int
    number: str
    state: str
    prepaid: bool


judges: Acts[InvoiceLeaves] = Acts()
prepay_judges: Acts[PrepayLeaves] = Acts()


def not_billed(order: Any) -> list[Refusal]:
    """Whether an order (with its id, number and state) is in a state in which nothing is charged for it."""
    if order.state in BILLED:
        return []
    return [Refusal("wrong-state", order.id, {"number": order.number, "state": order.state})]


def nothing_due(order: Any, chargeable: int) -> list[Refusal]:
    """Whether no line of an order has anything to be charged now."""
    return [] if chargeable else [Refusal("nothing-to-invoice", order.id, {"number": order.number})]


def nothing_to_credit(order: Any, returned: int) -> list[Refusal]:
    """Whether no line of an order was charged beyond what the customer kept."""
    return [] if returned else [Refusal("nothing-to-credit", order.id, {"number": order.number})]


def not_prepayable(order: Any, prepaid: bool) -> list[Refusal]:
    """Whether no prepayment of an order (with its id, number and state) can be asked for: it is not confirmed or over, or one was."""
    if order.state not in PREPAID:
        return [Refusal("wrong-state", order.id, {"number": order.number, "state": order.state})]
    return [Refusal("prepaid-already", order.id, {"number": order.number})] if prepaid else []


def not_payable(subject: int, invoice: Any) -> list[Refusal]:
    """Whether no payment at all can be noted for an invoice: it is a draft, or nothing was ever due for it."""
    if invoice.state not in ISSUED:
        return [Refusal("not-issued", subject, {"number": invoice.order_number})]
    return [] if invoice.due > 0 else [more_than_due(subject, invoice, invoice.paid)]


def not_remindable(invoice: Any) -> list[Refusal]:
    """Whether the customer of an invoice cannot be reminded now: nothing of it is overdue, they were often or lately, or have no mail."""
    named = {"number": invoice.number}
    if invoice.state not in ISSUED:
        return [Refusal("not-issued", invoice.id, {"number": invoice.order_number})]
    if invoice.kind == "credit_note" or invoice.due <= invoice.paid or (invoice.days_late or 0) <= 0:
        return [Refusal("not-overdue", invoice.id, named)]
    if invoice.reminded >= LAST_LEVEL:
        return [Refusal("reminded-often", invoice.id, {**named, "times": invoice.reminded})]
    if invoice.days_since is not None and invoice.days_since < REST:
        return [Refusal("reminded-lately", invoice.id, {**named, "days": REST})]
    return [] if invoice.by_mail else [Refusal("nobody-to-write-to", invoice.id, named)]


def more_than_due(subject: int, invoice: Any, paid: Decimal) -> Refusal:
    """More than what is open of an invoice of which so much was paid."""
    return Refusal("more-than-due", subject, {"number": invoice.number, "due": invoice.due - paid, "paid": paid})


def _issue(leaves: Leaves) -> Sequence[Refusal]:
    return not_billed(leaves) or nothing_due(leaves, leaves.chargeable)


def _credit(leaves: Leaves) -> Sequence[Refusal]:
    return not_billed(leaves) or nothing_to_credit(leaves, leaves.returned)


def _prepay(leaves: PrepayLeaves) -> Sequence[Refusal]:
    return not_prepayable(leaves, leaves.prepaid)


def _pay(leaves: InvoiceLeaves) -> Sequence[Refusal]:
    return not_payable(leaves.id, leaves)


order_judges.judged("billing.draft", not_billed, ("state",), BILLED)
order_judges.judged("billing.issue", _issue, ("state", "chargeable"), BILLED)
order_judges.judged("billing.credit_returned", _credit, ("state", "returned"), BILLED)
prepay_judges.judged("billing.issue_prepayment", _prepay, ("state", "prepaid"), PREPAID)
judges.judged("billing.pay", _pay, ("state", "due"), ISSUED)
judges.judged(
    "billing.remind",
    not_remindable,
    ("state", "kind", "due", "paid", "days_late", "reminded", "days_since", "by_mail"),
    ISSUED,
)
