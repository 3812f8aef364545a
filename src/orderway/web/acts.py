"""What commands are called wherever a person is offered them, or told that they would be refused: one name each."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as lazy

from .words import Text

ACTS: Mapping[str, Text] = {
    "billing.credit_returned": lazy("Credit what came back"),
    "billing.draft": lazy("Draft invoice"),
    "billing.issue": lazy("Issue invoice"),
    "billing.issue_prepayment": lazy("Ask for a prepayment"),
    "billing.pay": lazy("Note the payment"),
    "billing.remind": lazy("Remind the customer"),
    "capture.dismiss": lazy("Set it aside as no order"),
    "capture.order": lazy("Make the order at our prices"),
    "capture.reject": lazy("Refuse it"),
    "capture.reread": lazy("Read it again"),
    "capture.settle": lazy("Say what is meant"),
    "capture.settle_otherwise": lazy("Settled otherwise"),
    "capture.try_again": lazy("Try again"),
    "fulfilment.book": lazy("Book a carrier"),
    "fulfilment.book_again": lazy("Try again"),
    "fulfilment.deliver": lazy("Note delivery"),
    "fulfilment.enter_tracking": lazy("Enter the tracking number"),
    "fulfilment.pack": lazy("Pack"),
    "fulfilment.pick": lazy("Pick"),
    "fulfilment.release": lazy("Release the pick list"),
    "fulfilment.ship": lazy("Ship"),
    "fulfilment.take_back": lazy("Take goods back"),
    "mail.resend": lazy("Send again"),
    "orders.allocate": lazy("Reserve goods"),
    "orders.cancel": lazy("Cancel order"),
    "orders.complete": lazy("Complete the order"),
    "orders.confirm": lazy("Confirm"),
    "orders.hold": lazy("Put on hold"),
    "orders.prioritise": lazy("Change the priority"),
    "orders.resume": lazy("Let go on"),
    "orders.short_ship": lazy("Give up what is open"),
    "orders.verify": lazy("Pass the checks"),
    "orders.waive": lazy("Let it pass"),
    "parties.change": lazy("Change the customer"),
    "production.finish": lazy("Finish"),
    "production.make_papers": lazy("Make papers and tickets"),
    "production.plan": lazy("Place"),
    "production.specify": lazy("Fill in the order form"),
    "production.start": lazy("Start"),
    "workflow.claim": lazy("Take it"),
    "workflow.complete": lazy("Decide"),
    "workflow.hand_over": lazy("Hand over"),
    "workflow.prioritise": lazy("Change the priority"),
    "workflow.retry": lazy("Try again"),
    "workflow.snooze": lazy("Put off"),
}
# orders.prioritise, by what an order is marked as
MARKS: Mapping[str, Text] = {
    "urgent": lazy("Mark as urgent"),
    "can-wait": lazy("Mark: can wait"),
    "as-usual": lazy("Take the mark off"),
}
