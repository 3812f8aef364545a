"""How events read in a timeline, in the reader's language."""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.translation import gettext_lazy as lazy

from .words import Text


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
    "order.given_up": Told(lazy("Came back and is owed no more"), "package-export"),
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
    "work.completed": Told(lazy("Done"), "check"),
    "paper.described": Told(lazy("Paper description"), "files"),
    "item.added": Told(lazy("Item added"), "tag"),
    "price.set": Told(lazy("Price set"), "coin"),
    "party.taken_on": Told(lazy("Taken on"), "user-plus"),
    "stock.moved": Told(lazy("Stock moved"), "transfer"),
    "api_token.issued": Told(lazy("Token issued"), "key"),
    "api_token.revoked": Told(lazy("Token revoked"), "key"),
    "archive.erased": Told(lazy("Erased by law"), "x"),
    "archive.format-set": Told(lazy("Archive format set"), "archive"),
    "archive.root-taken": Told(lazy("Seal of the day taken"), "lock"),
    "company.founded": Told(lazy("Company founded"), "home"),
    "department.opened": Told(lazy("Department opened"), "users"),
    "document.change-refused": Told(lazy("A change to a sealed paper was refused"), "shield-check", "wait"),
    "document.erased": Told(lazy("Paper erased"), "x"),
    "document.indexed": Told(lazy("Index values noted"), "tag"),
    "document.linked": Told(lazy("Paper linked"), "paperclip"),
    "document.read": Told(lazy("Words of the paper noted"), "file-text"),
    "document.revised": Told(lazy("New version of a paper"), "files"),
    "intake.dismissed": Told(lazy("Set aside as no order"), "inbox"),
    "intake.ordered": Told(lazy("Became an order"), "circle-check"),
    "intake.questioned": Told(lazy("A person must look"), "alert-triangle", "wait"),
    "intake.received": Told(lazy("Came in"), "inbox"),
    "intake.recognised": Told(lazy("Was read"), "list-check"),
    "intake.rejected": Told(lazy("Refused"), "ban", "late"),
    "intake.taught": Told(lazy("Meaning remembered"), "check"),
    "intake.unpacked": Told(lazy("Attachments unpacked"), "paperclip"),
    "machine.set": Told(lazy("Machine set up"), "printer"),
    "map.drafted": Told(lazy("Map drafted"), "pencil"),
    "map.draft_published": Told(lazy("Draft published"), "sitemap", "done"),
    "map.draft_discarded": Told(lazy("Draft thrown away"), "trash"),
    "map.published": Told(lazy("Map published"), "sitemap"),
    "message.begun": Told(lazy("Sending begun"), "mail-forward"),
    "message.failed": Told(lazy("Mail could not be sent"), "alert-triangle", "late"),
    "message.opened": Told(lazy("Message opened"), "mail"),
    "message.put_off": Told(lazy("Sending put off"), "clock"),
    "message.resent": Told(lazy("Mail sent again"), "mail-forward"),
    "message.sent": Told(lazy("Mail sent"), "mail-forward", "done"),
    "order.money_changed": Told(lazy("Open amount changed"), "coin"),
    "order.prepayment_asked": Told(lazy("Prepayment asked for"), "coin", "wait"),
    "paper.filed": Told(lazy("Paper filed"), "files"),
    "person.admitted": Told(lazy("Person admitted"), "user-plus"),
    "person.password_set": Told(lazy("Password set"), "key"),
    "person.preferences_set": Told(lazy("Preferences set"), "settings"),
    "print_spec.calculated": Told(lazy("Print job calculated"), "calculator"),
    "print_spec.papers_wanted": Told(lazy("Papers asked for"), "files"),
    "process.stuck": Told(lazy("Stands still on the map"), "alert-triangle", "wait"),
    "approval.kept": Told(lazy("Earlier approval still holds"), "circle-check"),
    "shipment.cancelled": Told(lazy("Shipment cancelled, goods go back"), "ban", "wait"),
    "process.retried": Told(lazy("Tried again"), "refresh"),
    "process.stopped": Told(lazy("Taken off the map"), "sitemap", "wait"),
    "shipment.picked": Told(lazy("Goods picked"), "hand-stop"),
    "tax_rate.set": Told(lazy("Tax rate set"), "calculator"),
    "warehouse.opened": Told(lazy("Warehouse opened"), "packages"),
    "work.claimed": Told(lazy("Taken over"), "user-check"),
    "work.handed_over": Told(lazy("Handed over"), "user-share"),
    "work.sent_back": Told(lazy("Sent back"), "corner-up-left", "wait"),
}


def told(name: str) -> Told:
    """How an event reads; one that nobody put in words shows its own name."""
    return EVENTS.get(name) or Told(name.replace("_", " ").replace(".", ": "), "circle-dashed")
