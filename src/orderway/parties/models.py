"""Whom the company trades with."""

from django.db import models

from orderway.people.models import Company


class Party(models.Model):
    """A customer, a supplier or both. `price_group` chooses the prices; `prepay_percent` is invoiced before anything ships."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    number = models.TextField()
    name = models.TextField()
    is_customer = models.BooleanField(default=True)
    is_supplier = models.BooleanField(default=False)
    email = models.TextField(default="")
    phone = models.TextField(default="")
    street = models.TextField(default="")
    postcode = models.TextField(default="")
    city = models.TextField(default="")
    country = models.CharField(max_length=2)
    language = models.CharField(max_length=5)
    vat_id = models.TextField(default="")
    price_group = models.TextField(default="list")
    payment_days = models.IntegerField(default=14)
    prepay_percent = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    credit_limit = models.DecimalField(max_digits=18, decimal_places=2, null=True)

    class Meta:
        db_table = "party"
        constraints = [models.UniqueConstraint(fields=["company", "number"], name="party_number")]
        indexes = [models.Index(fields=["company", "name"], name="party_name")]


class PartyKey(models.Model):
    """A sign by which a party is recognised in what comes in: ("GLN", …), ("VAT", …), ("email", …), ("name", …)."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    party = models.ForeignKey(Party, models.CASCADE)
    scheme = models.TextField()
    value = models.TextField()

    class Meta:
        db_table = "party_key"
        constraints = [models.UniqueConstraint(fields=["company", "scheme", "value"], name="party_key_once")]
