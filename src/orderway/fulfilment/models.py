"""What is picked, packed, shipped and taken back. A shipment leaves one warehouse for one order."""

from django.db import models

from orderway.kernel.columns import quantity_column
from orderway.orders.models import OrderLine, SalesOrder
from orderway.people.models import Company
from orderway.stock.models import Demand, StockLevel, Warehouse

BOOKING_STATES = ["wanted", "booked", "failed", "dropped"]
STATES = ["open", "picked", "packed", "shipped", "delivered", "cancelled"]


class Shipment(models.Model):
    """Goods of one order from one warehouse. The delivery note's number and the address are fixed when it ships."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    order = models.ForeignKey(SalesOrder, models.PROTECT)
    warehouse = models.ForeignKey(Warehouse, models.PROTECT)
    state = models.TextField()
    number = models.TextField(default="")
    carrier = models.TextField(default="")
    tracking = models.TextField(default="")
    ship_name = models.TextField(default="")
    ship_street = models.TextField(default="")
    ship_postcode = models.TextField(default="")
    ship_city = models.TextField(default="")
    ship_country = models.CharField(max_length=2, default="")
    instruction = models.TextField(default="")
    opened_at = models.DateTimeField()
    shipped_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "shipment"
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="shipment_state"),
            models.UniqueConstraint(
                fields=["company", "number"], condition=~models.Q(number=""), name="shipment_number"
            ),
        ]
        indexes = [models.Index(fields=["company", "state", "id"], name="shipment_work")]


class ShipmentLine(models.Model):
    """So much of an order line from one stock level. `picked` is None until somebody picked; less than `quantity` is a short pick."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    shipment = models.ForeignKey(Shipment, models.CASCADE, db_index=False)
    order_line = models.ForeignKey(OrderLine, models.PROTECT)
    demand = models.ForeignKey(Demand, models.PROTECT)
    level = models.ForeignKey(StockLevel, models.PROTECT)
    quantity = quantity_column()
    picked = quantity_column(null=True)

    class Meta:
        db_table = "shipment_line"
        constraints = [
            models.UniqueConstraint(fields=["shipment", "order_line", "level"], name="shipment_line_once"),
            models.CheckConstraint(
                condition=models.Q(picked__isnull=True) | models.Q(picked__lte=models.F("quantity"), picked__gte=0),
                name="shipment_line_picked",
            ),
        ]


class Package(models.Model):
    """A box of a shipment; weight in kilograms, size in words."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    shipment = models.ForeignKey(Shipment, models.CASCADE, db_index=False)
    number = models.IntegerField()
    weight = models.DecimalField(max_digits=12, decimal_places=3)
    size = models.TextField(default="")

    class Meta:
        db_table = "package"
        constraints = [models.UniqueConstraint(fields=["shipment", "number"], name="package_once")]


class PackageLine(models.Model):
    """What lies in a package."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    package = models.ForeignKey(Package, models.CASCADE)
    line = models.ForeignKey(ShipmentLine, models.CASCADE)
    quantity = quantity_column()

    class Meta:
        db_table = "package_line"


class GoodsReturn(models.Model):
    """Goods of one order that came back into a warehouse, and why."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    order = models.ForeignKey(SalesOrder, models.PROTECT)
    warehouse = models.ForeignKey(Warehouse, models.PROTECT)
    number = models.TextField()
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "goods_return"
        constraints = [models.UniqueConstraint(fields=["company", "number"], name="goods_return_number")]


class ReturnLine(models.Model):
    """So much of an order line came back."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    goods_return = models.ForeignKey(GoodsReturn, models.CASCADE)
    order_line = models.ForeignKey(OrderLine, models.PROTECT)
    quantity = quantity_column()

    class Meta:
        db_table = "return_line"


class Carrier(models.Model):
    """Somebody who carries goods for us and takes bookings at `address` (http or https). Its token stands in the settings."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    name = models.TextField()
    service = models.TextField(default="")
    address = models.TextField()
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "carrier"
        constraints = [models.UniqueConstraint(fields=["company", "name"], name="carrier_name")]


class Booking(models.Model):
    """A carrier asked to carry a shipment. `key` goes with every try, so that the carrier books once however often it is asked.

    `unanswered` when the carrier may have booked although we hold no tracking number. A dropped booking counts no more.
    """

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    order = models.ForeignKey(SalesOrder, models.PROTECT)
    shipment = models.ForeignKey(Shipment, models.PROTECT)
    carrier = models.ForeignKey(Carrier, models.PROTECT)
    key = models.TextField(unique=True)
    state = models.TextField()
    error = models.TextField(default="")
    tries = models.IntegerField(default=0)
    unanswered = models.BooleanField(default=False)
    tracking = models.TextField(default="")
    wanted_at = models.DateTimeField()

    class Meta:
        db_table = "booking"
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=BOOKING_STATES), name="booking_state"),
            models.UniqueConstraint(
                fields=["shipment"], condition=~models.Q(state="dropped"), name="booking_once_a_shipment"
            ),
        ]
