"""What stands in an order's way: its kind, by the code of what stopped, and what may be done about it. Pure."""

from collections.abc import Mapping, Sequence

SHORT, UNREADABLE, CHARGED_BACK, OTHER = "short", "unreadable", "charged-back", "other"
CODES: Mapping[str, Sequence[str]] = {
    "unknown-item": ("unknown-item", "items-not-settled"),
    "unknown-customer": ("unknown-customer", "customer-not-settled"),
    "duplicate-order": ("duplicate",),
    "price-gap": ("prices", "price-differs", "no-price", "currency-differs"),
    "credit": ("credit",),
    "stock": ("stock", SHORT, "short-stock"),
    "address": ("address",),
    "unreadable-file": (UNREADABLE,),
    "rule-error": ("no-way", "no-count", "no-moment", "no-decision", "spins", "broken"),
    "mail-bounced": ("not-delivered", "perhaps-delivered", "came-back"),
    "payment-declined": (CHARGED_BACK,),
    "carrier-down": ("carrier-down", "carrier-perhaps-booked"),
}
"""The kinds with the codes that are of it."""
_KIND: Mapping[str, str] = {code: kind for kind, codes in CODES.items() for code in codes}
_OF_INPUT = ("capture.settle", "capture.reject", "capture.dismiss", "capture.reread")
_OF_ORDER = ("orders.waive", "orders.hold", "orders.cancel")
ACTIONS: Mapping[tuple[str, str], Sequence[str]] = {
    ("intake", "price-gap"): ("capture.settle", "capture.order", "capture.reject"),
    ("finding", "address"): (*_OF_ORDER, "parties.change"),
    ("finding", "credit"): (*_OF_ORDER, "parties.change"),
    ("short", "stock"): ("orders.allocate", "orders.prioritise", "orders.hold", "orders.cancel"),
    ("payment", "payment-declined"): ("billing.pay", "orders.hold", "parties.change"),
}
"""The commands for a kind where it came up, where they are others than those of the place."""
SETTLE = "capture.settle_otherwise"
OF_DESK: Mapping[str, Sequence[str]] = {
    "stuck": ("workflow.retry",),
    "mail": ("mail.resend", SETTLE),
    "carrier": ("fulfilment.book_again", "fulfilment.enter_tracking", "fulfilment.book"),
    "reaction": ("capture.try_again", SETTLE),
}
"""The commands for what stopped on the desk: a step on its map, a mail, a booking, what follows; else it is settled otherwise."""


def kind_of(code: str) -> str:
    """The kind of what stopped with this code; `other` where it is none of the named ones."""
    return _KIND.get(code, OTHER)


def actions_of(source: str, code: str, state: str) -> Sequence[str]:
    """The commands that may settle it: of an input by its state, of an order's finding, or by what stopped on the desk."""
    if source == "desk":
        return OF_DESK.get(state, (SETTLE,))
    if source == "intake" and state == "rejected":
        return ("capture.reread", "capture.dismiss")
    own = ACTIONS.get((source, kind_of(code)))
    return own or (_OF_INPUT if source == "intake" else _OF_ORDER)
