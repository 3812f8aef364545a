"""What came in through the door and what became of it; and what was settled once, remembered."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from orderway.catalog.models import Item
from orderway.documents.models import Document
from orderway.mail.models import Message
from orderway.orders.models import SalesOrder
from orderway.parties.models import Party
from orderway.people.models import Company

from .rules import STATES


class Intake(models.Model):
    """One thing to deal with: a file that came in, or one order of a file that holds several (`position` counts them from 1).

    `reasons` say why it was not read, or what a person must look at (as reasons.py writes them); `draft` is the order as the customer
    states it; `findings` are [code, facts] pairs that keep it from being placed by itself.
    `customer` and `items` (one a line, null where unknown) are who and what is meant; `stated_prices` says of each line whether the
    customer's price holds. `dismissed_as` names what it is when it is no order.
    """

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    message = models.ForeignKey(Message, models.PROTECT, db_index=False)
    document = models.ForeignKey(Document, models.PROTECT, db_index=False)
    name = models.TextField()
    position = models.IntegerField(default=1)
    state = models.TextField()
    kind = models.TextField(default="")
    reasons = models.JSONField(default=list)
    findings = models.JSONField(default=list)
    draft = models.JSONField(null=True)
    customer = models.ForeignKey(Party, models.PROTECT, null=True)
    items = ArrayField(models.BigIntegerField(null=True), default=list)
    stated_prices = ArrayField(models.BooleanField(), default=list)
    order = models.ForeignKey(SalesOrder, models.PROTECT, null=True, db_index=False)
    dismissed_as = models.TextField(default="")
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "intake"
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="intake_state"),
            models.CheckConstraint(
                condition=models.Q(state="order", order__isnull=False)
                | (~models.Q(state="order") & models.Q(order=None)),
                name="intake_order",
            ),
            models.UniqueConstraint(fields=["document", "position"], name="intake_position"),
            models.UniqueConstraint(fields=["order"], name="intake_one_order"),
        ]
        indexes = [
            models.Index(fields=["company", "state", "-id"], name="intake_inbox"),
            models.Index(fields=["message"], name="intake_message"),
        ]


class ItemMemory(models.Model):
    """What a customer means by a number or by words of their own."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    customer = models.ForeignKey(Party, models.CASCADE)
    stated = models.TextField()
    item = models.ForeignKey(Item, models.CASCADE)

    class Meta:
        db_table = "item_memory"
        constraints = [models.UniqueConstraint(fields=["company", "customer", "stated"], name="item_memory_once")]


class ColumnMapping(models.Model):
    """What a sender means by the heading of a column; a `field` of the readers, empty when the column is not to be read.

    `sender` is a mail address, empty for files that nobody signs.
    """

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    sender = models.TextField(default="")
    heading = models.TextField()
    field = models.TextField()

    class Meta:
        db_table = "column_mapping"
        constraints = [models.UniqueConstraint(fields=["company", "sender", "heading"], name="column_mapping_once")]
