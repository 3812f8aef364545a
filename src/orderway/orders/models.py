"""Orders and their lines. What shipped, was invoiced and paid is kept as guarded sums that the floors above report."""

from django.db import models

from orderway.catalog.models import Item
from orderway.documents.models import Parcel
from orderway.kernel.columns import money_column, quantity_column
from orderway.parties.models import Party
from orderway.people.models import Company, Person
from orderway.stock.models import Demand


class SalesOrder(models.Model):
    """A promise to a customer. `net` is the sum of its lines, kept in the same statement; the delivery address is a copy of its day.

    `flag` is what a person said of its urgency, `priority` the class that follows from it and from the published table, -1 to 2.
    """

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    number = models.TextField()
    customer = models.ForeignKey(Party, models.PROTECT, db_index=False)
    state = models.TextField()
    held_from = models.TextField(default="")
    hold_reason = models.TextField(default="")
    channel = models.TextField()
    their_reference = models.TextField(default="")
    ordered_on = models.DateField()
    requested_on = models.DateField(null=True)
    promised_on = models.DateField(null=True)
    currency = models.CharField(max_length=3)
    net = money_column()
    payment_days = models.IntegerField()
    prepay_percent = models.DecimalField(max_digits=5, decimal_places=2)
    prepay_open = models.BooleanField()
    settled = models.BooleanField()
    ship_name = models.TextField()
    ship_street = models.TextField()
    ship_postcode = models.TextField()
    ship_city = models.TextField()
    ship_country = models.CharField(max_length=2)
    instruction = models.TextField(default="")
    flag = models.TextField(db_default="normal")
    flag_reason = models.TextField(db_default="")
    priority = models.SmallIntegerField(db_default=0)
    responsible = models.ForeignKey(Person, models.PROTECT, null=True)
    parcel = models.ForeignKey(Parcel, models.PROTECT)
    copied_from = models.ForeignKey("self", models.PROTECT, null=True)

    class Meta:
        db_table = "sales_order"
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="sales_order_number"),
            models.CheckConstraint(
                condition=models.Q(state__in=["placed", "held", "confirmed", "completed", "cancelled"]),
                name="sales_order_state",
            ),
            models.CheckConstraint(
                condition=models.Q(flag__in=["urgent", "normal", "wait"], priority__range=(-1, 2)),
                name="sales_order_priority",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "state", "requested_on", "id"], name="sales_order_due"),
            models.Index(fields=["company", "-id"], name="sales_order_newest"),
            models.Index(fields=["customer", "-id"], name="sales_order_customer"),
            models.Index(fields=["customer", "their_reference"], name="sales_order_reference"),
            models.Index(
                fields=["company", "priority", "-id"], name="sales_order_class", condition=~models.Q(priority=0)
            ),
        ]


class OrderLine(models.Model):
    """So much of an item at a price.

    `quantity` - `cancelled` is what is still promised; `delivered` counts what left less what came back.
    """

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    order = models.ForeignKey(SalesOrder, models.CASCADE, db_index=False)
    position = models.IntegerField()
    item = models.ForeignKey(Item, models.PROTECT)
    description = models.TextField()
    quantity = quantity_column()
    unit = models.CharField(max_length=3)
    price = models.DecimalField(max_digits=18, decimal_places=6)
    per = models.DecimalField(max_digits=12, decimal_places=4)
    discount = models.DecimalField(max_digits=5, decimal_places=2)
    net = money_column()
    tax_category = models.CharField(max_length=2)
    tax_rate = models.DecimalField(max_digits=5, decimal_places=2)
    requested_on = models.DateField(null=True)
    demand = models.ForeignKey(Demand, models.PROTECT, null=True)
    cancelled = quantity_column(default=0)
    delivered = quantity_column(default=0)
    invoiced = quantity_column(default=0)

    class Meta:
        db_table = "order_line"
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="order_line_position"),
            models.CheckConstraint(
                condition=models.Q(quantity__gte=models.F("cancelled")), name="order_line_cancelled"
            ),
        ]


class Finding(models.Model):
    """What a verification found: the check, whether it stands in the way, and its evidence. A waived one no longer does."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    order = models.ForeignKey(SalesOrder, models.CASCADE, db_index=False)
    check_name = models.TextField()
    passed = models.BooleanField()
    severity = models.TextField()
    evidence = models.JSONField()
    at = models.DateTimeField()
    waived_reason = models.TextField(default="")

    class Meta:
        db_table = "finding"
        constraints = [
            models.UniqueConstraint(fields=["order", "check_name"], name="finding_once"),
            models.CheckConstraint(condition=models.Q(severity__in=["block", "warn"]), name="finding_severity"),
        ]
