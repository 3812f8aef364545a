"""What the demo's office does: take orders, settle what stands in the way, decide on print orders, note payments."""

from datetime import date, datetime, timedelta
from decimal import Decimal as D
from random import Random
from typing import Any

from orderway.billing.commands.credit import CreditReturned
from orderway.billing.commands.pay import Pay
from orderway.billing.commands.sell import Sell
from orderway.kernel import clock
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.orders.commands.proceed import HoldOrder
from orderway.orders.commands.verify import WaiveFinding
from orderway.production.commands.plan import PlanTicket
from orderway.workflow.commands.proceed import StopMap
from orderway.workflow.commands.work import CompleteWork

from .baskets import (
    CANCELLATIONS,
    CHANNELS,
    HOLDS,
    INSTRUCTIONS,
    JOBS,
    SENT_BACK,
    WAIVERS,
    basket,
    print_job,
    reference,
)
from .customers import COUNTER, CUSTOMERS, Customer
from .house import ZONE, House, did, every, finish_work, moment, settle, tried, working_day_after

BY_NUMBER = {customer.number: customer for customer in CUSTOMERS}
Plan = dict[int, list[tuple[datetime, datetime]]]  # what stands on each machine


def orders_come(house: House, random: Random, day: date, serial: int, count: int) -> None:
    """So many orders come in; two people enter them."""
    chosen = random.choices(CUSTOMERS, [customer.often for customer in CUSTOMERS], k=count)
    orders = [_order(house, random, customer, day, serial + n) for n, customer in enumerate(chosen)]
    if random.random() < 0.16 and (again := _ordered_twice(house, random, chosen[0])):
        orders[0] = again
    half = random.randint(1, len(orders))
    for person, mine in (("jana.petersen", orders[:half]), ("tobias.wendler", orders[half:])):
        did("orders.place", house.people[person], mine)
    settle()


def somebody_walks_in(house: House, random: Random) -> None:
    """Perhaps somebody stands at the counter, takes along what is there and pays."""
    if random.random() < 0.55:
        return
    lines = [PlaceLine(house.items[item], D(n)) for item, n in basket(random, BY_NUMBER[COUNTER])]
    tried("billing.sell", house.people["tobias.wendler"], [Sell(lines, random.choice(("card", "cash")))])
    settle()


def _order(house: House, random: Random, customer: Customer, day: date, serial: int) -> PlaceOrder:
    job = print_job(random, customer)
    lines = [PlaceLine(house.items[item], D(n), discount=_discount(random)) for item, n in basket(random, customer)]
    wanted = working_day_after(day, random.choice((2, 3, 3, 5, 8)))
    if job:
        services = [("SRV-DATA", 1), ("SRV-DESIGN", random.randint(1, 4)), ("SRV-PROOF", 1), None, None]
        extra = random.choice(services)
        lines = [PlaceLine(house.items[job.item], D(random.choice(job.runs)), description=job.text)]
        lines += [PlaceLine(house.items[extra[0]], D(extra[1]))] if extra else []
        wanted = working_day_after(day, random.randint(7, 14))
    elif random.random() < 0.08:
        lines.append(PlaceLine(house.items[random.choice(("SRV-PALLET", "SRV-EXPRESS"))], D(1)))
    return PlaceOrder(
        customer=house.customers[customer.number],
        lines=lines,
        channel=random.choice(CHANNELS[customer.buys]),
        their_reference=reference(random, customer, day, serial),
        requested_on=wanted,
        instruction=random.choice(INSTRUCTIONS) if random.random() < 0.15 else "",
    )


def _discount(random: Random) -> D:
    return D(random.choice((3, 5, 10))) if random.random() < 0.07 else D(0)


def _ordered_twice(house: House, random: Random, customer: Customer) -> PlaceOrder | None:
    """An earlier order of the customer that comes a second time, by mistake or on purpose."""
    found = ask("orders.list", house.who("manager"), which="active", customer=house.customers[customer.number], size=5)
    earlier = [row for row in found.rows if row.their_reference]
    if not earlier:
        return None
    row = random.choice(earlier)
    old = ask("orders.lines", house.who("manager"), id=row.id)
    if any(line.kind == "made" for line in old):
        return None
    lines = [PlaceLine(line.item_id, line.quantity) for line in old]
    return PlaceOrder(row.customer_id, lines, "mail", row.their_reference, requested_on=row.requested_on)


def settle_findings(house: House, random: Random) -> None:
    """A manager looks at what the verification found: lets it pass with a reason, or cancels what came twice by mistake."""
    manager = house.who("manager")
    waived: list[WaiveFinding] = []
    cancelled: list[HoldOrder] = []
    done: list[tuple[Any, CompleteWork]] = []
    for item in every("workflow.work", manager, which="all", node="settle_findings"):
        if random.random() < 0.35:
            continue
        findings = ask("orders.findings", manager, id=item.subject_id)
        blocking = [f for f in findings if not f.passed and f.severity == "block" and not f.waived_reason]
        if random.random() < 0.4 and any(f.check_name == "duplicate" for f in blocking):
            cancelled.append(HoldOrder(item.subject_id, CANCELLATIONS[1]))
            continue
        waived += [WaiveFinding(f.id, WAIVERS.get(f.check_name, "Mit dem Kunden geklärt")) for f in blocking]
        done.append((item, CompleteWork(item.id, "settled")))
    did("orders.waive", manager, waived)
    finish_work(house, "manager", done)
    cancel(house, cancelled)


def cancel(house: House, orders: list[HoldOrder]) -> None:
    """Orders are cancelled, and taken off their maps."""
    did("orders.cancel", house.who("manager"), orders)
    did("workflow.stop", house.who("administrator"), [StopMap("order", row.id, row.reason) for row in orders])
    settle()


def hold_and_resume(house: House, random: Random) -> None:
    """Now and then an order is held for a reason; some of those held go on again."""
    manager = house.who("manager")
    held = [row.id for row in every("orders.list", manager, state="held")]
    did("orders.resume", manager, [Ref(id) for id in held if random.random() < 0.2])
    if random.random() < 0.55:
        waiting = [row.order_id for row in every("fulfilment.shipments", manager, state="open")]
        waiting = [id for id in waiting if id not in held]
        if waiting:
            did("orders.hold", manager, [HoldOrder(random.choice(waiting), random.choice(HOLDS))])
    settle()


def withdraw_one(house: House, random: Random) -> None:
    """A customer takes an order back before anything of it was picked."""
    manager = house.who("manager")
    nodes = ("settle_shortage", "fill_form", "approve_price")
    early = [item.subject_id for node in nodes for item in every("workflow.work", manager, which="all", node=node)]
    if early and random.random() < 0.25:
        cancel(house, [HoldOrder(random.choice(early), random.choice(CANCELLATIONS[::2]))])


def fill_forms(house: House, random: Random) -> None:
    """The managers fill in the offset order forms of new print orders."""
    manager = house.who("manager")
    done = []
    for item in every("workflow.work", manager, which="all", node="fill_form"):
        if random.random() < 0.85:
            order = ask("orders.one", manager, id=item.subject_id)
            line = next(row for row in ask("orders.lines", manager, id=item.subject_id) if row.kind == "made")
            filled = _form(Random(order.number), order, line)  # noqa: S311
            done.append((item, CompleteWork(item.id, "filled", filled)))
    finish_work(house, "manager", done)
    settle()


def _form(random: Random, order: Any, line: Any) -> dict[str, str]:
    job = next(job for job in JOBS if job.text == line.description)
    deadline = max(order.requested_on, working_day_after(clock.today(str(ZONE)), 3))
    return {
        "format": job.format,
        "pages": str(job.pages),
        "paper": random.choice(job.papers),
        "colours": job.colours,
        "run": str(int(line.quantity)),
        "finishing": job.finishing,
        "deadline": deadline.isoformat(),
    }


CHECKS = ("data_complete", "colours_right", "bleed_right")
DECISIONS = (
    ("approve_price", "accountant", "approve"),
    ("validate", "quality", "valid"),
    ("accept", "production", "accept"),
)


def decide(house: House, random: Random, node: str) -> None:
    """A department works off its list of print orders: most go on, a few go back to the manager with a reason."""
    _, role, good = next(one for one in DECISIONS if one[0] == node)
    done = []
    for item in every("workflow.work", house.who(role), which="all", node=node):
        luck = random.random()
        if luck < 0.04:
            done.append(CompleteWork(item.id, "reject", reason=SENT_BACK[node]))
        elif luck < 0.62:
            done.append(CompleteWork(item.id, good, checks=CHECKS if node == "validate" else ()))
    did("workflow.complete", house.who(role), done)
    settle()


def schedule(house: House, random: Random, day: date) -> None:
    """The planner places job tickets on the machines, one behind the other, in working hours."""
    planner = house.who("planner")
    taken: Plan = {}
    for row in ask("production.plan_of_days", planner, first=day, last=day + timedelta(days=40)):
        if row.state != "finished":
            taken.setdefault(row.machine_id, []).append((row.planned_start, row.planned_end))
    done, placed = [], []
    for item in every("workflow.work", planner, which="all", node="schedule"):
        if random.random() < 0.85:
            begins = moment(working_day_after(day, random.choice((1, 1, 2, 3))), 6)
            placed += _placed(house, item.subject_id, begins, taken)
            done.append(CompleteWork(item.id, "scheduled"))
    did("production.plan", planner, placed)
    did("workflow.complete", planner, done)
    settle()


def _placed(house: House, order: int, after: datetime, taken: Plan) -> list[PlanTicket]:
    placed = []
    for ticket in ask("production.tickets", house.who("planner"), order=order):
        if ticket.state == "unscheduled":
            slots = taken.setdefault(ticket.machine_id, [])
            start = _first_gap(slots, after, timedelta(minutes=ticket.minutes))
            after = start + timedelta(minutes=ticket.minutes)
            slots.append((start, after))
            placed.append(PlanTicket(ticket.id, start))
    return placed


def _first_gap(slots: list[tuple[datetime, datetime]], after: datetime, long: timedelta) -> datetime:
    start = _in_working_hours(after)
    for begins, ends in sorted(slots):
        if begins < start + long and start < ends:
            start = _in_working_hours(ends)
    return start


def _in_working_hours(at: datetime) -> datetime:
    """The moment, or the next morning at six where the shifts are over by then."""
    local = at.astimezone(ZONE)
    if local.hour >= 20 or local.weekday() >= 5:
        return moment(working_day_after(local.date(), 1), 6)
    return max(local, moment(local.date(), 6))


def money_comes(house: House, day: date) -> None:
    """Customers pay by their habits: the prompt ones round the due day, the slow ones later, a few not at all."""
    numbers = {id: number for number, id in house.customers.items()}
    paid = []
    for row in every("billing.invoices", house.who("accountant"), open=True, sort="number"):
        customer = BY_NUMBER[numbers[row.customer_id]]
        luck = Random(row.number)  # noqa: S311 - the same invoice is paid on the same day however often this runs
        if (pays_on := _pays_on(luck, row, customer)) and pays_on <= day:
            in_parts = luck.random() < 0.04 and not row.paid and row.open > 100
            part = (row.open / 2).quantize(D("1.00")) if in_parts else row.open
            paid.append(Pay(row.id, part, "transfer", f"{row.number} {customer.name}"[:60]))
    did("billing.pay", house.who("accountant"), paid)
    settle()


def _pays_on(luck: Random, row: Any, customer: Customer) -> date | None:
    issued: date = row.issued_on
    if row.kind != "invoice":
        return issued + timedelta(days=luck.randint(1, 4))
    if customer.pays == "never" or row.due_on is None:
        return None
    late = luck.randint(-9, 1) if customer.pays == "prompt" else luck.randint(4, 16)
    due: date = row.due_on
    return due + timedelta(days=late)


def bill_the_rest(house: House, random: Random) -> None:
    """What left after an order's first invoice is charged too; its map has done so only once."""
    books = house.who("accountant")
    later = [
        Ref(row.id)
        for row in every("billing.to_invoice", books)
        if random.random() < 0.4 and ask("billing.invoices", books, order=row.id, kind="invoice", size=1).rows
    ]
    did("billing.issue", books, later)
    settle()


def credit(house: House, orders: list[int], reason: str) -> None:
    """Goods came back: the accountant credits them."""
    tried("billing.credit_returned", house.who("accountant"), [CreditReturned(id, reason) for id in orders])
    settle()
