"""What *Why not?* says of orders and their lines, shipments, invoices, job tickets, work items and inputs: the words for what refusals
rest on, and what to do about each. Whether something is refused, only the rule of its act knows (refusing.py of each package)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from orderway.orders.refusing import blocking

from .findings import rests_on
from .respond import found, read
from .templatetags.ui import money, number
from .words import CHECKS, PAPERS, ROLES, SHIPMENT_STATES, STATES, Text
from .work_words import INTAKE_STATES, INVOICE_STATES, TICKET_STATES, WORK_STATES

Leaf = tuple[Text, Callable[[Any], str]]


class Head(NamedTuple):
    """What a page about one thing is headed by, and where it leads back to."""

    title: str
    sub: str
    back: str


class Kind(NamedTuple):
    """What acts are told of: the query that judges them, the page that tells (its name, and what its address begins with) and its head;
    how leaves are told, and states; what to do about a refusal, by its code, by code and state, or by command, code and state; what else
    is told where a leaf decides; the kind of its lines, where it has some; and kinds that tell of further acts on the same thing."""

    query: str
    page: str
    path: str
    head: Callable[[HttpRequest, Any], Head]
    leaves: Mapping[str, Leaf]
    states: Mapping[str, Text]
    advice: Mapping[tuple[str, ...], Text]
    more: Mapping[str, Callable[[HttpRequest, Any], Sequence[str]]] = {}
    lines: Any = None  # a Kind; a type cannot name itself here
    beside: Sequence[Any] = ()  # Kinds


def _of(count: int, all_: int) -> str:
    return _("%(n)s of %(all)s") % {"n": number(count), "all": number(all_)}


def _yes(value: bool) -> str:
    return _("yes") if value else _("no")


def _passing(leaves: Any) -> str:
    names = [str(CHECKS.get(name, name)) for name in sorted(leaves.waived)]
    return ", ".join(names) or _("none")


def _order(request: HttpRequest, leaves: Any) -> Head:
    order = found(read(request, "orders.one", id=leaves.id))
    return Head(leaves.number, f"{order.customer}, {STATES[order.state]}", reverse("order", args=[leaves.id]))


def _checks(request: HttpRequest, leaves: Any) -> list[str]:
    currency = read(request, "orders.one", id=leaves.id).currency
    return [rests_on(check.check, check.evidence, currency) for check in blocking(leaves)]


ORDER_IS: Leaf = (lazy("The order is"), lambda leaves: str(STATES[leaves.state]))
LINE = Kind(
    "orders.why_not_lines",
    "order-why-not",
    "orders",
    _order,
    {
        "open": (lazy("Still open"), lambda leaves: number(leaves.open)),
        "delivered": (lazy("Delivered and not come back"), lambda leaves: number(leaves.delivered)),
    },
    STATES,
    {
        ("wrong-state", "completed"): lazy("What comes back of it is taken back."),
        ("wrong-state", "cancelled"): lazy("Nothing of it is owed any more."),
        ("nothing-open",): lazy("What comes back of it is taken back."),
        ("nothing-delivered",): lazy("What will not be delivered is given up instead."),
    },
)
PREPAYMENT = Kind(
    "billing.why_no_prepayment",
    "order-why-not",
    "orders",
    _order,
    {"prepaid": (lazy("A prepayment was asked for"), lambda leaves: _yes(leaves.prepaid))},
    STATES,
    {
        ("wrong-state", "placed"): lazy("Confirm it first."),
        ("wrong-state", "held"): lazy("Let it go on first."),
        ("wrong-state", "completed"): lazy("All of it is delivered and paid."),
        ("wrong-state", "cancelled"): lazy("Nothing of it is owed any more."),
        ("prepaid-already",): lazy("Its invoice stands with the order's money."),
    },
)
PRINT_JOB = Kind(
    "production.why_not_order",
    "order-why-not",
    "orders",
    _order,
    {
        "begun": (lazy("Lines begun on a machine"), lambda leaves: _of(leaves.begun, leaves.lines)),
        "specified": (lazy("Lines with an order form"), lambda leaves: _of(leaves.specified, leaves.lines)),
    },
    STATES,
    {
        ("production.specify", "wrong-state", "held"): lazy("Let it go on first."),
        ("production.specify", "wrong-state", "confirmed"): lazy("What is to be otherwise is ordered anew."),
        ("wrong-state", "completed"): lazy("Order it again."),
        ("wrong-state", "cancelled"): lazy("A cancelled order does not come back: order it again."),
        ("already-begun",): lazy("What is to be otherwise is ordered anew."),
        ("no-specification",): lazy("Fill in its order form first."),
    },
)
ORDER = Kind(
    "orders.why_not",
    "order-why-not",
    "orders",
    _order,
    {
        "state": ORDER_IS,
        "begun": (lazy("Lines delivered or invoiced in part"), lambda leaves: _of(leaves.begun, leaves.lines)),
        "undelivered": (lazy("Lines not wholly delivered"), lambda leaves: _of(leaves.undelivered, leaves.lines)),
        "uninvoiced": (lazy("Lines not wholly invoiced"), lambda leaves: _of(leaves.uninvoiced, leaves.lines)),
        "returned": (lazy("Lines invoiced that came back"), lambda leaves: _of(leaves.returned, leaves.lines)),
        "chargeable": (lazy("Lines with something to charge now"), lambda leaves: _of(leaves.chargeable, leaves.lines)),
        "settled": (lazy("All that was invoiced is paid"), lambda leaves: _yes(leaves.settled)),
        "prepay_open": (lazy("A prepayment is awaited"), lambda leaves: _yes(leaves.prepay_open)),
        "waived": (lazy("May pass because somebody said so"), _passing),
    },
    STATES,
    {
        ("wrong-state", "placed"): lazy("Confirm it first."),
        ("wrong-state", "held"): lazy("Let it go on first."),
        ("wrong-state", "confirmed"): lazy("It is under way already; there is nothing to do."),
        ("wrong-state", "completed"): lazy("What comes back of it is taken back and credited."),
        ("wrong-state", "cancelled"): lazy("A cancelled order does not come back: order it again."),
        ("orders.resume", "wrong-state", "placed"): lazy("It is not on hold; there is nothing to do."),
        ("orders.hold", "wrong-state", "held"): lazy("It is on hold already; there is nothing to do."),
        ("already-delivered",): lazy("Or give up what is still open of it, line by line."),
        ("not-finished",): lazy("What will never be delivered can be given up."),
        ("findings",): lazy("Mend what the check names, or let it pass with a reason."),
        ("prepayment-open",): lazy("Note the payment once it has come."),
        ("nothing-to-invoice",): lazy("It can be invoiced once more of it has left."),
        ("nothing-to-credit",): lazy("Take the goods back first, if some came."),
    },
    {"facts": _checks},
    LINE,
    (PREPAYMENT, PRINT_JOB),
)


def _shipment(request: HttpRequest, leaves: Any) -> Head:
    head = found(read(request, "fulfilment.shipment", id=leaves.id))
    sub = f"{head.customer}, {SHIPMENT_STATES[head.state]}"
    return Head(head.number or head.order_number, sub, reverse("shipment", args=[leaves.id]))


def _unpicked(leaves: Any) -> str:
    return _of(sum(one.picked is None for one in leaves.lines), len(leaves.lines))


def _beyond(leaves: Any) -> str:
    return _of(sum((one.picked or 0) > one.held for one in leaves.lines), len(leaves.lines))


OF_ORDER: Leaf = (lazy("The order is"), lambda leaves: str(STATES[leaves.order_state]))
SHIPMENT = Kind(
    "fulfilment.why_not",
    "shipment-why-not",
    "shipping",
    _shipment,
    {
        "state": (lazy("The shipment is"), lambda leaves: str(SHIPMENT_STATES[leaves.state])),
        "order_state": OF_ORDER,
        "lines": (lazy("Lines still to pick"), _unpicked),
        "held": (lazy("Lines with more picked than is still wanted"), _beyond),
        "carrier": (lazy("Carrier that was asked"), lambda leaves: leaves.carrier or _("none")),
        "tracking": (lazy("Tracking number"), lambda leaves: leaves.tracking or _("none")),
    },
    SHIPMENT_STATES,
    {
        ("wrong-state", "open"): lazy("Pick it next."),
        ("wrong-state", "picked"): lazy("Pack it next."),
        ("wrong-state", "packed"): lazy("Ship it next."),
        ("wrong-state", "shipped"): lazy("It has left the house: note its delivery, or take goods back."),
        ("wrong-state", "delivered"): lazy("It has arrived; what comes back of it is taken back."),
        ("wrong-state", "cancelled"): lazy("What the order still wants comes on a new pick list."),
        ("order-stopped", "held"): lazy("It goes on once the order is let go on."),
        ("order-stopped", "cancelled"): lazy("Put back what was picked."),
        ("fulfilment.book", "wrong-state", "shipped"): lazy("It has left the house by other means."),
        ("fulfilment.book", "wrong-state", "delivered"): lazy("It has arrived by other means."),
        ("already-booked",): lazy("It goes with that carrier; where the booking fails, another one can be asked."),
        ("nothing-picked",): lazy("Reserve goods for the order once there are some: they come on a new pick list."),
    },
)


def _invoice(request: HttpRequest, leaves: Any) -> Head:
    head = found(read(request, "billing.invoice", id=leaves.id))
    sub = f"{head.customer}, {INVOICE_STATES[leaves.state]}"
    return Head(leaves.number or leaves.order_number, sub, reverse("invoice", args=[leaves.id]))


INVOICE = Kind(
    "billing.why_not",
    "invoice-why-not",
    "billing/invoices",
    _invoice,
    {
        "state": (lazy("The invoice is"), lambda leaves: str(INVOICE_STATES[leaves.state])),
        "due": (lazy("Due in all"), lambda leaves: money(leaves.due, leaves.currency)),
        "paid": (lazy("Paid of it"), lambda leaves: money(leaves.paid, leaves.currency)),
        "kind": (
            lazy("It is"),
            lambda leaves: str(PAPERS["prepayment_invoice" if leaves.kind == "prepayment" else leaves.kind]),
        ),
        "days_late": (lazy("Days since it was due"), lambda leaves: number(max(leaves.days_late or 0, 0))),
        "reminded": (lazy("Reminders so far"), lambda leaves: number(leaves.reminded)),
        "days_since": (
            lazy("Days since the last reminder"),
            lambda leaves: "–" if leaves.days_since is None else number(leaves.days_since),
        ),
        "by_mail": (lazy("The customer has a mail address"), lambda leaves: _("yes") if leaves.by_mail else _("no")),
    },
    INVOICE_STATES,
    {
        ("not-overdue",): lazy("A reminder can be sent from the day after it is due, while something is open."),
        ("reminded-lately",): lazy("Wait until a week has gone by since the last reminder."),
        ("reminded-often",): lazy("Call the customer, or hand it over to be collected."),
        ("nobody-to-write-to",): lazy("Enter a mail address at the customer, or remind them by telephone."),
        ("not-issued",): lazy("Issue it as soon as goods of the order have left."),
        ("more-than-due",): lazy("A payment that came before covers it; nothing has to be noted."),
    },
)


def _ticket(request: HttpRequest, leaves: Any) -> Head:
    order = found(read(request, "orders.one", id=leaves.order_id))
    back = reverse("order-production", args=[leaves.order_id])
    return Head(f"{leaves.number} {leaves.machine}", f"{order.customer}, {TICKET_STATES[leaves.state]}", back)


TICKET = Kind(
    "production.why_not",
    "ticket-why-not",
    "production/tickets",
    _ticket,
    {
        "state": (lazy("The job ticket is"), lambda leaves: str(TICKET_STATES[leaves.state])),
        "order_state": OF_ORDER,
        "prepay_open": (lazy("A prepayment is awaited"), lambda leaves: _yes(leaves.prepay_open)),
        "running_number": (lazy("On its machine runs"), lambda leaves: leaves.running_number or _("nothing")),
    },
    TICKET_STATES,
    {
        ("wrong-ticket-state", "unscheduled"): lazy("Place it on a machine first."),
        ("wrong-ticket-state", "planned"): lazy("Start it first."),
        ("wrong-ticket-state", "running"): lazy("Finish it: say how many came out good."),
        ("wrong-ticket-state", "finished"): lazy(
            "It is done; what came out good goes on to the next operation or into stock."
        ),
        ("wrong-ticket-state", "cancelled"): lazy("Make the papers again: that lays out new job tickets."),
        ("wrong-state", "placed"): lazy("Confirm the order first."),
        ("wrong-state", "held"): lazy("Let the order go on first."),
        ("wrong-state", "completed"): lazy("Nothing is made for it any more."),
        ("wrong-state", "cancelled"): lazy("Nothing is made for it any more."),
        ("prepayment-open",): lazy("Note the payment once it has come."),
        ("machine-busy",): lazy("Finish what runs there, or place this on another machine."),
    },
)


def _work(request: HttpRequest, leaves: Any) -> Head:
    row = found(read(request, "workflow.work_item", id=leaves.id)).row
    return Head(row.name, row.title, reverse("work-item", args=[leaves.id]))


def _taken(leaves: Any) -> str:
    if leaves.assignee_id is None:
        return "–"
    return _("you") if leaves.assignee_id == leaves.person else _("a colleague")


WORK = Kind(
    "workflow.why_not",
    "work-why-not",
    "work",
    _work,
    {
        "state": (lazy("The work item is"), lambda leaves: str(WORK_STATES[leaves.state])),
        "role": (
            lazy("It is decided by"),
            lambda leaves: str(ROLES.get(leaves.role, leaves.role)) or _("whoever was asked"),
        ),
        "roles": (
            lazy("Your roles"),
            lambda leaves: ", ".join(str(ROLES.get(one, one)) for one in sorted(leaves.roles)),
        ),
        "assignee_id": (lazy("Taken by"), _taken),
        "escalated": (lazy("Escalated to you"), lambda leaves: _yes(leaves.escalated)),
        "extra": (lazy("Asked for by name"), lambda leaves: _yes(leaves.extra)),
    },
    WORK_STATES,
    {
        ("already-done", "done"): lazy("What was decided stands with the item and on the page of what it is about."),
        ("already-done", "withdrawn"): lazy("It was taken back, because its way on the map went on without it."),
        ("not-your-role",): lazy("Ask a colleague of that role, or an administrator for the role."),
        ("somebody-else-has-it",): lazy("Ask them to decide it, or to hand it over."),
        ("four-eyes",): lazy("Hand it over, or leave it in the list of its department."),
        ("voted-already",): lazy("Leave it in the list of its department."),
        ("asked-to-agree",): lazy("Leave it in the list of its department; your turn comes after."),
        ("asked-by-name",): lazy("Agree, or give it back with a reason."),
    },
)


def _intake(request: HttpRequest, leaves: Any) -> Head:
    row = found(read(request, "capture.one", id=leaves.id))
    return Head(row.subject or row.name, str(INTAKE_STATES[leaves.state]), reverse("intake", args=[leaves.id]))


def _unknown(leaves: Any) -> str:
    return _of(sum(item is None for item in leaves.items), len(leaves.items))


INTAKE = Kind(
    "capture.why_not",
    "intake-why-not",
    "inbox",
    _intake,
    {
        "state": (lazy("The input is"), lambda leaves: str(INTAKE_STATES[leaves.state])),
        "draft": (lazy("An order was read"), lambda leaves: _yes(leaves.draft is not None)),
        "customer_id": (lazy("The customer is known"), lambda leaves: _yes(leaves.customer_id is not None)),
        "items": (lazy("Lines whose item is not known"), _unknown),
        "of_file": (lazy("Orders in its file"), lambda leaves: number(leaves.of_file)),
    },
    INTAKE_STATES,
    {
        ("wrong-intake-state", "received"): lazy("It is being read and needs nobody yet."),
        ("wrong-intake-state", "recognised"): lazy("It is clear and becomes an order by itself, or at once by hand."),
        ("wrong-intake-state", "review"): lazy("Settle what is meant."),
        ("wrong-intake-state", "order"): lazy("Change the order that was made of it."),
        ("wrong-intake-state", "not_an_order"): lazy(
            "If it is an order after all, upload it again or enter the order by hand."
        ),
        ("wrong-intake-state", "rejected"): lazy("Have it read again, or set it aside as no order."),
        ("customer-not-settled",): lazy("Settle it here; it is remembered for the next time."),
        ("items-not-settled",): lazy("Settle it here; it is remembered for the next time."),
        ("quantity-missing",): lazy("Ask the customer, and enter the order by hand."),
        ("one-of-several",): lazy("Settle this one, or set it aside; the file is not read again."),
    },
)
KINDS = (ORDER, SHIPMENT, INVOICE, TICKET, WORK, INTAKE)
