"""What is made and traded, at which price and tax."""

from decimal import Decimal

from django.db import models

from orderway.people.models import Company


class Item(models.Model):
    """Something sold or bought. `kind` is goods (kept in stock), made (produced for the order) or service (no stock)."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    number = models.TextField()
    name = models.TextField()
    kind = models.TextField()
    unit = models.CharField(max_length=3)
    gtin = models.TextField(default="")
    tax_class = models.TextField(default="standard")
    weight = models.DecimalField(max_digits=12, decimal_places=4, default=Decimal(0))
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "item"
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="item_number"),
            models.CheckConstraint(condition=models.Q(kind__in=["goods", "made", "service"]), name="item_kind"),
        ]
        indexes = [models.Index(fields=["company", "gtin"], name="item_gtin")]


class Price(models.Model):
    """The net price of `per` units of an item for a price group, from a quantity on, while it is valid."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    item = models.ForeignKey(Item, models.CASCADE, db_index=False)
    price_group = models.TextField()
    currency = models.CharField(max_length=3)
    min_quantity = models.DecimalField(max_digits=18, decimal_places=4)
    price = models.DecimalField(max_digits=18, decimal_places=6)
    per = models.DecimalField(max_digits=12, decimal_places=4, default=Decimal(1))
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        db_table = "price"
        constraints = [
            models.UniqueConstraint(
                fields=["item", "price_group", "currency", "min_quantity", "valid_from"], name="price_once"
            ),
            models.CheckConstraint(condition=models.Q(per__gt=0), name="price_per"),
        ]


class TaxRate(models.Model):
    """The VAT rate of a tax class in a country from a day on; `category` is the UNCL 5305 code (S, Z, E, …)."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    country = models.CharField(max_length=2)
    tax_class = models.TextField()
    category = models.CharField(max_length=2)
    rate = models.DecimalField(max_digits=5, decimal_places=2)
    valid_from = models.DateField()

    class Meta:
        db_table = "tax_rate"
        constraints = [
            models.UniqueConstraint(fields=["company", "country", "tax_class", "valid_from"], name="tax_rate_once")
        ]
