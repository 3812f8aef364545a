"""Invoices, credit notes and payments. An issued invoice never changes; what is wrong with it is credited."""

from django.db import models

from orderway.kernel.columns import money_column, quantity_column
from orderway.orders.models import OrderLine, SalesOrder
from orderway.parties.models import Party
from orderway.people.models import Company

KINDS = ["invoice", "prepayment", "credit_note"]


class Invoice(models.Model):
    """A draft has no number and no sums; an issued one has both for good. `due` is what it asks for, `paid` what came.

    `reminded` counts the reminders (the dunning level), the last of them on `reminded_on`.
    """

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    order = models.ForeignKey(SalesOrder, models.PROTECT)
    customer = models.ForeignKey(Party, models.PROTECT)
    kind = models.TextField()
    state = models.TextField()
    number = models.TextField(default="")
    issued_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    currency = models.CharField(max_length=3)
    net = money_column(default=0)
    tax = money_column(default=0)
    gross = money_column(default=0)
    prepaid = money_column(default=0)
    due = money_column(default=0)
    paid = money_column(default=0)
    corrects = models.ForeignKey("self", models.PROTECT, null=True)
    reason = models.TextField(default="")
    reminded = models.SmallIntegerField(db_default=0)
    reminded_on = models.DateField(null=True)

    class Meta:
        db_table = "invoice"
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=KINDS), name="invoice_kind"),
            models.CheckConstraint(condition=models.Q(state__in=["draft", "issued"]), name="invoice_state"),
            models.CheckConstraint(
                condition=models.Q(
                    gross=models.F("net") + models.F("tax"), due=models.F("gross") - models.F("prepaid")
                ),
                name="invoice_sums",
            ),
            models.UniqueConstraint(
                fields=["company", "number"], condition=~models.Q(number=""), name="invoice_number"
            ),
            models.UniqueConstraint(
                fields=["order"], condition=models.Q(state="draft", kind="invoice"), name="invoice_one_draft"
            ),
        ]
        indexes = [models.Index(fields=["company", "-id"], name="invoice_newest")]


class InvoiceLine(models.Model):
    """What is charged. A prepayment's line has no order line."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    invoice = models.ForeignKey(Invoice, models.CASCADE, db_index=False)
    position = models.IntegerField()
    order_line = models.ForeignKey(OrderLine, models.PROTECT, null=True)
    item_number = models.TextField()
    description = models.TextField()
    quantity = quantity_column()
    unit = models.CharField(max_length=3)
    price = models.DecimalField(max_digits=18, decimal_places=6)
    per = models.DecimalField(max_digits=12, decimal_places=4)
    discount = models.DecimalField(max_digits=5, decimal_places=2)
    net = money_column()
    tax_category = models.CharField(max_length=2)
    tax_rate = models.DecimalField(max_digits=5, decimal_places=2)

    class Meta:
        db_table = "invoice_line"
        constraints = [models.UniqueConstraint(fields=["invoice", "position"], name="invoice_line_position")]


class Deduction(models.Model):
    """So much of a paid prepayment invoice was taken off an invoice; net and tax apart."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="deductions")
    prepayment = models.ForeignKey(Invoice, models.PROTECT, related_name="deducted_by", db_index=False)
    net = money_column()
    tax = money_column()

    class Meta:
        db_table = "deduction"
        constraints = [models.UniqueConstraint(fields=["prepayment", "invoice"], name="deduction_once")]


class Payment(models.Model):
    """Money that came for an invoice, or went back for a credit note (then negative)."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    invoice = models.ForeignKey(Invoice, models.PROTECT)
    amount = money_column()
    method = models.TextField()
    reference = models.TextField(default="")
    received_on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        db_table = "payment"
        indexes = [
            models.Index(fields=["company"], condition=models.Q(amount__lt=0), name="payment_charged_back"),
            models.Index(
                fields=["company", "received_on"],
                condition=models.Q(method__in=["cash", "card"]),
                name="payment_over_the_counter",
            ),
        ]
