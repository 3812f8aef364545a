"""How things are made: machines, papers, what is to be printed, what it costs, and the job tickets on the machines."""

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.contrib.postgres.fields.ranges import RangeOperators
from django.db import models
from django.db.models import Func, Q

from orderway.catalog.models import Item
from orderway.kernel.columns import money_column, quantity_column
from orderway.orders.models import OrderLine, SalesOrder
from orderway.people.models import Company

KINDS = ["press", "finishing"]
STATES = ["unscheduled", "planned", "running", "finished", "cancelled"]


def millimetres(**more: Any) -> "models.DecimalField[Any, Any]":
    """A column for a length in millimetres, to a tenth."""
    return models.DecimalField(max_digits=7, decimal_places=1, **more)


class Machine(models.Model):
    """A press or a finishing machine.

    `make_ready` in minutes (at a press for each pass of a form, elsewhere for the job), `per_hour` sheets or pieces. Of a press
    `sheet_width` × `sheet_height` in millimetres is the largest sheet, `units` its printing units.
    """

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    key = models.TextField()
    name = models.TextField()
    kind = models.TextField()
    sheet_width = millimetres(default=0)
    sheet_height = millimetres(default=0)
    units = models.IntegerField(default=0)
    hourly_cost = money_column()
    plate_cost = money_column(default=0)
    make_ready = models.IntegerField()
    per_hour = models.IntegerField()

    class Meta:
        db_table = "machine"
        constraints = [
            models.UniqueConstraint(fields=["company", "key"], name="machine_key"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="machine_kind"),
            models.CheckConstraint(condition=Q(per_hour__gt=0, make_ready__gte=0), name="machine_speed"),
        ]


class Paper(models.Model):
    """What is known of an item that is a paper: grams a square metre, sheet in millimetres, fibres along its long or short edge.

    Stock counts the item's units; each holds `sheets_per_unit` sheets.
    """

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    item = models.OneToOneField(Item, models.PROTECT)
    grade = models.TextField()
    gsm = models.DecimalField(max_digits=7, decimal_places=2)
    width = millimetres()
    height = millimetres()
    grain = models.TextField()
    cost_per_thousand = money_column()
    sheets_per_unit = models.IntegerField(default=1)
    colour = models.TextField(default="")
    surface = models.TextField(default="")
    caliper = models.DecimalField(max_digits=7, decimal_places=1, null=True)
    opacity = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    certificate = models.TextField(default="")
    supplier = models.TextField(default="")
    sheets_per_ream = models.IntegerField(null=True)

    class Meta:
        db_table = "paper"
        constraints = [
            models.CheckConstraint(condition=Q(grain__in=["long", "short"]), name="paper_grain"),
            models.CheckConstraint(
                condition=Q(width__gt=0, height__gt=0, gsm__gt=0, sheets_per_unit__gt=0), name="paper_size"
            ),
        ]


class PrintSpec(models.Model):
    """The offset order form of one order line: trimmed format in millimetres, pages, paper, colours a side, run in copies.

    `grain` is the side of the product its fibres run along (height, width, or empty for any), `margin` a percentage.
    """

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    order = models.ForeignKey(SalesOrder, models.PROTECT)
    order_line = models.OneToOneField(OrderLine, models.PROTECT)
    paper = models.ForeignKey(Paper, models.PROTECT)
    width = millimetres()
    height = millimetres()
    pages = models.IntegerField()
    colours_front = models.IntegerField()
    colours_back = models.IntegerField()
    run = models.IntegerField()
    finishing = ArrayField(models.TextField())
    grain = models.TextField()
    deadline = models.DateField()
    notes = models.TextField()
    margin = models.DecimalField(max_digits=5, decimal_places=2)

    class Meta:
        db_table = "print_spec"
        indexes = [models.Index(fields=["company", "deadline", "id"], name="print_spec_deadline")]


class Estimate(models.Model):
    """What a specification takes and costs for one quantity, as calculated once; a new calculation is a new version.

    `up` leaves stand on a sheet, `forms` different sheets make a copy; `sheets` counts what goes through the press with
    `spoilage`. `cost` and `price` are the sums of the parts. `digest` tells a changed calculation from a repeated one.
    """

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    order = models.ForeignKey(SalesOrder, models.PROTECT)
    spec = models.ForeignKey(PrintSpec, models.PROTECT, db_index=False)
    version = models.IntegerField()
    quantity = models.IntegerField()
    machine = models.ForeignKey(Machine, models.PROTECT)
    up = models.IntegerField()
    turned = models.BooleanField()
    forms = models.IntegerField()
    sheets_net = models.IntegerField()
    spoilage = models.IntegerField()
    sheets = models.IntegerField()
    plates = models.IntegerField()
    make_ready = models.IntegerField()
    run_minutes = models.IntegerField()
    currency = models.CharField(max_length=3)
    cost = money_column()
    price = money_column()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        db_table = "estimate"
        constraints = [
            models.UniqueConstraint(fields=["spec", "version", "quantity"], name="estimate_once"),
        ]


class EstimatePart(models.Model):
    """A row of a calculation: paper, plates, make_ready, run or finishing (the cost), then overhead and margin (to the price)."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    estimate = models.ForeignKey(Estimate, models.CASCADE, db_index=False)
    position = models.IntegerField()
    kind = models.TextField()
    name = models.TextField()
    machine = models.ForeignKey(Machine, models.PROTECT, null=True)
    quantity = quantity_column()
    unit = models.CharField(max_length=3)
    rate = money_column()
    amount = money_column()

    class Meta:
        db_table = "estimate_part"
        constraints = [models.UniqueConstraint(fields=["estimate", "position"], name="estimate_part_position")]


class JobTicket(models.Model):
    """One operation of an order line on a machine. No two of a machine may overlap while they are planned or running.

    `quantity` goes in (sheets at a press, pieces elsewhere), `good` finished copies come out, `waste` is counted as what went in.
    """

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    order = models.ForeignKey(SalesOrder, models.PROTECT)
    order_line = models.ForeignKey(OrderLine, models.PROTECT, db_index=False)
    estimate = models.ForeignKey(Estimate, models.PROTECT)
    position = models.IntegerField()
    machine = models.ForeignKey(Machine, models.PROTECT)
    quantity = models.IntegerField()
    unit = models.CharField(max_length=3)
    minutes = models.IntegerField()
    state = models.TextField()
    planned_start = models.DateTimeField(null=True)
    planned_end = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    good = quantity_column(null=True)
    waste = quantity_column(null=True)

    class Meta:
        db_table = "job_ticket"
        constraints = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="job_ticket_state"),
            models.CheckConstraint(
                condition=Q(planned_start__isnull=True, planned_end__isnull=True)
                | Q(planned_start__lt=models.F("planned_end")),
                name="job_ticket_times",
            ),
            ExclusionConstraint(
                name="job_ticket_no_overlap",
                expressions=[
                    ("machine", RangeOperators.EQUAL),
                    (
                        Func("planned_start", "planned_end", function="tstzrange", output_field=DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(state__in=["planned", "running"]),
            ),
        ]
        indexes = [
            models.Index(fields=["company", "state", "id"], name="job_ticket_work"),
            models.Index(fields=["order_line", "position"], name="job_ticket_line"),
        ]
