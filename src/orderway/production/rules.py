"""The offset estimate: from a specification, a paper and the machines to sheets, plates, minutes and the price. Pure.

The scheme is the trade's own (bvdm, Kosten- und Leistungsgrundlagen; Print Production Management: sheet, up, spoilage, plates,
make-ready, run, finishing, overhead, margin); its figures stand in the constants below and in the machines' rows.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import NamedTuple

from orderway.kernel.values import rounded

BLEED = Decimal(3)  # millimetres round each leaf
GRIPPER = Decimal(12)  # millimetres along the long edge that the press holds
TAIL = Decimal(8)  # millimetres opposite of it, for the colour bar
SIDE = Decimal(5)  # millimetres at each short edge
START_SHEETS = 80  # a form, until the colour stands
SPOILAGE: Sequence[tuple[int, Decimal]] = (  # up to so many net sheets: percent of them that the run wastes
    (500, Decimal(6)),
    (2_000, Decimal(4)),
    (5_000, Decimal(3)),
    (20_000, Decimal(2)),
)
SPOILAGE_BEYOND = Decimal("1.5")
SPOILAGE_FINISHING = Decimal("0.5")  # percent more for each finishing operation
OVERHEAD = Decimal(12)  # percent of the cost
MARGIN = Decimal(20)  # percent of cost and overhead, unless the specification says otherwise

# verb -> the states of a job ticket it may start from; buttons, API and documentation derive from this table
MOVES: Mapping[str, frozenset[str]] = {
    "plan": frozenset({"unscheduled", "planned"}),
    "start": frozenset({"planned"}),
    "finish": frozenset({"running"}),
    "cancel": frozenset({"unscheduled", "planned"}),
}


class Job(NamedTuple):
    """What is to be printed: trimmed format in millimetres, colours a side; `grain` height, width or "" (any)."""

    width: Decimal
    height: Decimal
    pages: int
    colours_front: int
    colours_back: int
    finishing: Sequence[str] = ()
    grain: str = ""


class Sheet(NamedTuple):
    """A paper as it is bought: its name, millimetres, fibres along the `long` or `short` edge, cost of 1,000 sheets."""

    name: str
    width: Decimal
    height: Decimal
    grain: str
    cost_per_thousand: Decimal


class Device(NamedTuple):
    """A machine as the estimate sees it; see models.Machine for the units."""

    id: int
    key: str
    name: str
    kind: str
    sheet_width: Decimal
    sheet_height: Decimal
    units: int
    hourly_cost: Decimal
    plate_cost: Decimal
    make_ready: int
    per_hour: int


class Layout(NamedTuple):
    """How leaves stand on a sheet: `up` of them, `turned` when their height runs along the sheet's short edge."""

    up: int
    turned: bool


class PartRow(NamedTuple):
    """A row of the calculation; `machine` is its id where one works, `unit` by UN/ECE Recommendation 20."""

    kind: str
    name: str
    machine: int | None
    quantity: Decimal
    unit: str
    rate: Decimal
    amount: Decimal


class Calculation(NamedTuple):
    """What a job takes and costs for one quantity; see models.Estimate for the figures."""

    quantity: int
    press: Device
    layout: Layout
    forms: int
    sheets_net: int
    spoilage: int
    sheets: int
    plates: int
    make_ready: int
    run_minutes: int
    cost: Decimal
    price: Decimal
    parts: tuple[PartRow, ...]

    @property
    def digest(self) -> str:
        """The same for the same calculation, whenever and for whomever it was made."""
        return hashlib.sha256(repr(self).encode()).hexdigest()


def layout(job: Job, sheet: Sheet) -> Layout:
    """The best of both orientations that the grain allows; `up` is 0 when not even one leaf fits.

    Where the job asks for no grain, a product of more than four pages has it along its height, the side of the spine.
    """
    long, short = max(sheet.width, sheet.height) - 2 * SIDE, min(sheet.width, sheet.height) - GRIPPER - TAIL
    width, height = job.width + 2 * BLEED, job.height + 2 * BLEED
    straight = Layout(_times(long, height) * _times(short, width), turned=False)
    turned = Layout(_times(long, width) * _times(short, height), turned=True)
    grain = job.grain or ("height" if job.pages > 4 else "")
    if not grain:
        return max(straight, turned, key=lambda way: (way.up, not way.turned))
    return straight if (grain == "height") == (sheet.grain == "long") else turned


def _times(room: Decimal, piece: Decimal) -> int:
    return max(0, int((room / piece).to_integral_value(ROUND_FLOOR)))


def up_to(value: Decimal) -> int:
    """The next whole number."""
    return int(value.to_integral_value(ROUND_CEILING))


def spoilage(net: int, forms: int, finishing: int) -> int:
    """Sheets that are wasted on the way to `net` good ones: starting each form, the run's share, a little for each finishing."""
    percent = next((share for most, share in SPOILAGE if net <= most), SPOILAGE_BEYOND) + SPOILAGE_FINISHING * finishing
    return forms * START_SHEETS + up_to(net * percent / 100)


def running_minutes(machine: Device, quantity: int, passes: int = 1) -> int:
    """Minutes to put `quantity` through a machine `passes` times."""
    return up_to(Decimal(quantity * passes * 60) / machine.per_hour)


def passes(colours: tuple[int, int], units: int) -> int:
    """How often a sheet goes through a press: each side as often as its colours need the printing units."""
    return sum(-(-side // units) for side in colours)


def estimate(
    job: Job, quantity: int, sheet: Sheet, machines: Sequence[Device], margin: Decimal, currency: str
) -> Calculation | None:
    """The cheapest way to make `quantity` copies; None when the format fits on the sheet, or the sheet on a press, nowhere.

    None too when a finishing operation of the job is the key of no finishing machine.
    """
    best = layout(job, sheet)
    presses = [machine for machine in machines if machine.kind == "press" and machine.units and fits(sheet, machine)]
    after = {machine.key: machine for machine in machines if machine.kind == "finishing"}
    if not best.up or not presses or not after.keys() >= set(job.finishing):
        return None
    finishing = [after[key] for key in job.finishing]
    ways = [_on(press, job, quantity, sheet, best, finishing, margin, currency) for press in presses]
    return min(ways, key=lambda way: (way.price, way.press.key))


def fits(sheet: Sheet, press: Device) -> bool:
    """Whether the press takes the sheet, either way round."""
    size = sorted((sheet.width, sheet.height))
    return all(own <= most for own, most in zip(size, sorted((press.sheet_width, press.sheet_height)), strict=True))


def _on(
    press: Device,
    job: Job,
    quantity: int,
    sheet: Sheet,
    best: Layout,
    finishing: Sequence[Device],
    margin: Decimal,
    currency: str,
) -> Calculation:
    leaves = -(-job.pages // 2)
    forms = -(-leaves // best.up)
    net = quantity * forms if forms > 1 else -(-quantity // (best.up // leaves))
    wasted = spoilage(net, forms, len(finishing))
    through = passes((job.colours_front, job.colours_back), press.units)
    plates = (job.colours_front + job.colours_back) * forms
    make_ready = press.make_ready * through * forms
    minutes = running_minutes(press, net + wasted, through)
    parts = [
        _part("paper", sheet.name, None, net + wasted, "ST", (sheet.cost_per_thousand, 1000), currency),
        _part("plates", press.name, None, plates, "H87", (press.plate_cost, 1), currency),
        _part("make_ready", press.name, press.id, make_ready, "MIN", (press.hourly_cost, 60), currency),
        _part("run", press.name, press.id, minutes, "MIN", (press.hourly_cost, 60), currency),
    ]
    for machine in finishing:
        work = machine.make_ready + running_minutes(machine, quantity)
        parts.append(_part("finishing", machine.name, machine.id, work, "MIN", (machine.hourly_cost, 60), currency))
    cost = sum((part.amount for part in parts), Decimal(0))
    overhead = rounded(cost * OVERHEAD / 100, currency)
    profit = rounded((cost + overhead) * margin / 100, currency)
    parts.append(PartRow("overhead", "", None, OVERHEAD, "P1", cost, overhead))
    parts.append(PartRow("margin", "", None, margin, "P1", cost + overhead, profit))
    figures = (net, wasted, net + wasted, plates, make_ready, minutes)
    return Calculation(quantity, press, best, forms, *figures, cost, cost + overhead + profit, tuple(parts))


def _part(
    kind: str, name: str, machine: int | None, quantity: int, unit: str, rate: tuple[Decimal, int], currency: str
) -> PartRow:
    """`rate` is a price and for how many; multiplied before it is divided, so that half a cent stays half a cent."""
    price, per = rate
    shown = (price / per).quantize(Decimal("0.001"))
    return PartRow(kind, name, machine, Decimal(quantity), unit, shown, rounded(quantity * price / per, currency))


class Operation(NamedTuple):
    """One job ticket to be: on which machine, how much goes in, how many minutes it takes."""

    machine: int
    quantity: int
    unit: str
    minutes: int


def operations(press: int, sheets: int, minutes: int, copies: int, finishing: Sequence[PartRow]) -> list[Operation]:
    """The job tickets of a calculation in the order of work: the press, then each finishing part of it."""
    after = [Operation(part.machine, copies, "H87", int(part.quantity)) for part in finishing if part.machine]
    return [Operation(press, sheets, "ST", minutes), *after]


class Slot(NamedTuple):
    """The time that a job ticket (of order `number`) holds on a machine."""

    ticket: int
    number: str
    start: datetime
    end: datetime


def first_overlap(slots: Sequence[Slot], start: datetime, end: datetime) -> Slot | None:
    """The earliest slot that a new one from `start` up to (not including) `end` would overlap."""
    return min(
        (slot for slot in slots if slot.start < end and start < slot.end), key=lambda slot: slot.start, default=None
    )


def minutes_of(machine: Device, quantity: int, colours: tuple[int, int], forms: int) -> int:
    """Minutes of a ticket on a machine other than the calculated one: `quantity` sheets of `forms` forms, or pieces."""
    if machine.kind != "press":
        return machine.make_ready + running_minutes(machine, quantity)
    through = passes(colours, machine.units)
    return machine.make_ready * through * forms + running_minutes(machine, quantity, through)
