"""What stands in the way of orders, in words: its kind, what stopped, and what may be done about it."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from orderway.capture.exceptions import OTHER

from .words import PAPERS, Text

KINDS: Mapping[str, Text] = {
    "unknown-item": lazy("Unknown item"),
    "unknown-customer": lazy("Unknown customer"),
    "duplicate-order": lazy("Perhaps ordered twice"),
    "price-gap": lazy("Price differs"),
    "credit": lazy("Credit limit"),
    "stock": lazy("Goods lack"),
    "address": lazy("Delivery address"),
    "payment-declined": lazy("Payment came back"),
    "unreadable-file": lazy("File not read"),
    "rule-error": lazy("Rule or map stopped"),
    "mail-bounced": lazy("Mail not delivered"),
    "carrier-down": lazy("Carrier not booked"),
    OTHER: lazy("Stopped otherwise"),
}
# what follows from an event by itself, and can stop
FOLLOWS: Mapping[str, Text] = {
    "billing.send_bills": lazy("Sending an invoice"),
    "billing.send_reminders": lazy("Sending a reminder"),
    "billing.settle_orders": lazy("Comparing what is owed with what was paid"),
    "capture.archive": lazy("Archiving what an order came with"),
    "capture.order": lazy("Making an order of what was read"),
    "capture.queue_reading": lazy("Reading what came in"),
    "fulfilment.backorder": lazy("Reserving what is still to be delivered"),
    "fulfilment.drop_bookings": lazy("Taking back what no carrier booked"),
    "fulfilment.hand_over_bookings": lazy("Handing a shipment over to be booked"),
    "fulfilment.cancel_shipments": lazy("Stopping the shipments of a cancelled order"),
    "fulfilment.note_rest": lazy("Taking off the pick list what is owed no more"),
    "fulfilment.release_allocated": lazy("Releasing the pick list"),
    "fulfilment.send_shipping_mails": lazy("Telling the customer that goods are on the way"),
    "mail.hand_over": lazy("Handing a mail over to be sent"),
    "mail.tell_absences": lazy("Telling of an absence by mail"),
    "mail.tell_notices": lazy("Telling by mail what is due"),
    "orders.archive": lazy("Archiving an order"),
    "orders.archive_filed": lazy("Archiving an order"),
    "orders.go_on": lazy("Letting an order go on along its map"),
    "orders.label_parcels": lazy("Giving the parcel its index values"),
    "orders.leave_maps": lazy("Taking a cancelled order off its maps"),
    "orders.rank_anew": lazy("Working out the priorities by the new table"),
    "orders.send_confirmations": lazy("Sending the order confirmation"),
    "orders.send_on_way": lazy("Starting the map of an order"),
    "orders.send_receipts": lazy("Telling the customer that the order came"),
    "orders.serve_freed": lazy("Giving goods that came free to who waits"),
    "orders.serve_waiting": lazy("Giving goods that came in to who waits"),
    "production.withdraw_tickets": lazy("Withdrawing the job tickets of a cancelled order"),
    "workflow.advance": lazy("Moving along a map"),
    "workflow.start_arrived": lazy("Starting a map by what arrived"),
    "workflow.start_due": lazy("Starting a map by the clock"),
}


def what_stopped(command: str) -> str:
    """What was about to be done, in words; empty for a step on a map, which its map names."""
    package, _dot, verb = command.partition(".")
    if package == "papers":
        return _("Making a paper: %(paper)s") % {"paper": PAPERS.get(verb, verb)}
    return str(FOLLOWS.get(command, ""))
