"""What lies where, who wants it, and who gets it. `stock_move` is the ledger; `stock_level` its sum, kept in the same statement."""

from django.db import models
from django.db.models.functions import Now

from orderway.catalog.models import Item
from orderway.kernel.columns import quantity_column
from orderway.people.models import Company


class Warehouse(models.Model):
    """A place that holds stock; `rank` is the order in which places are asked."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    key = models.TextField()
    name = models.TextField()
    rank = models.IntegerField(default=1)

    class Meta:
        db_table = "warehouse"
        constraints = [models.UniqueConstraint(fields=["company", "key"], name="warehouse_once")]


class StockLevel(models.Model):
    """How much of an item lies in a warehouse, and how much of that is promised; never below zero."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    warehouse = models.ForeignKey(Warehouse, models.PROTECT)
    item = models.ForeignKey(Item, models.PROTECT, db_index=False)
    on_hand = quantity_column()
    reserved = quantity_column()

    class Meta:
        db_table = "stock_level"
        constraints = [
            models.UniqueConstraint(fields=["item", "warehouse"], name="stock_level_once"),
            models.CheckConstraint(condition=models.Q(reserved__gte=0), name="stock_reserved_not_negative"),
            models.CheckConstraint(
                condition=models.Q(on_hand__gte=models.F("reserved")), name="stock_reserved_is_there"
            ),
        ]


class StockMove(models.Model):
    """The ledger: what came in (positive) or went out (negative), when, and by which command."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    level = models.ForeignKey(StockLevel, models.PROTECT)
    quantity = quantity_column()
    reason = models.TextField()
    at = models.DateTimeField()
    command_id = models.BigIntegerField()

    class Meta:
        db_table = "stock_move"


class Demand(models.Model):
    """Somebody wants `quantity` of an item by a day, from one warehouse or from any.

    `met` of it has left the house, `allocated` is the sum of its allocations. The least `priority` is served first, 5 is normal;
    whoever has waited since `placed_at` for longer than the company's patience goes before all.
    """

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    item = models.ForeignKey(Item, models.PROTECT)
    quantity = quantity_column()
    allocated = quantity_column(default=0)
    met = quantity_column(default=0)
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, null=True)
    due_on = models.DateField(null=True)
    priority = models.IntegerField(default=5)
    placed_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "demand"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quantity__gte=models.F("allocated") + models.F("met")), name="demand_not_exceeded"
            ),
        ]
        indexes = [models.Index(fields=["item"], condition=models.Q(met__lt=models.F("quantity")), name="demand_open")]


class Serving(models.Model):
    """In which order a company serves its demands: after `patience_days` of waiting a demand goes before all classes."""

    company = models.OneToOneField(Company, models.PROTECT)
    patience_days = models.IntegerField()

    class Meta:
        db_table = "serving"
        constraints = [
            models.CheckConstraint(condition=models.Q(patience_days__range=(1, 365)), name="serving_patience"),
        ]


class Allocation(models.Model):
    """Part of a demand that a stock level holds for it."""

    demand = models.ForeignKey(Demand, models.CASCADE, db_index=False)
    level = models.ForeignKey(StockLevel, models.PROTECT)
    quantity = quantity_column()

    class Meta:
        db_table = "allocation"
        constraints = [
            models.UniqueConstraint(fields=["demand", "level"], name="allocation_once"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="allocation_positive"),
        ]
