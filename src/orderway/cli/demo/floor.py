"""What the demo's warehouse, press room and purchasing do: receive, pick, pack, ship, deliver, take back, print."""

from datetime import date, datetime, timedelta
from decimal import Decimal as D
from random import Random
from typing import Any

from orderway.fulfilment.commands.pack import Box, PackShipment
from orderway.fulfilment.commands.pick import PickLine
from orderway.fulfilment.commands.ship import ShipShipment
from orderway.fulfilment.commands.take_back import TakeBack
from orderway.kernel import clock
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask
from orderway.orders.commands.deliver import ShortShip
from orderway.production.commands.plan import FinishTicket
from orderway.stock.commands import Move
from orderway.workflow.commands.work import CompleteWork

from .baskets import CARRIERS, RETURNS
from .company import ITEMS
from .house import House, did, every, settle, tried
from .office import credit

HARD_TO_GET = ("LYNX-170", "BRD-FOAM-5", "ENV-LUX", "PAP-NCR-3", "PAP-A4-200", "CHR-280")
WEIGHTS = {goods.number: D(goods.weight) for goods in ITEMS}
PALLET = D(60)  # kilograms


def goods_come_in(house: House, random: Random) -> None:
    """Suppliers deliver what runs low; of what is hard to get, seldom."""
    usual = {goods.number: goods for goods in ITEMS if goods.main}
    moves = []
    for level in every("stock.levels", house.who("purchasing"), warehouse="main"):
        goods = usual.get(level.number)
        luck = 0.12 if level.number in HARD_TO_GET else 0.6
        if goods and level.free < goods.main * D("0.35") and random.random() < luck:
            moves.append(Move(level.item_id, level.warehouse_id, D(goods.main)))
    did("stock.move", house.who("purchasing"), moves)
    settle()


def settle_shortages(house: House, random: Random) -> None:
    """Purchasing lets orders be allocated again, or go out with what is there when they waited long."""
    buyer = house.who("purchasing")
    done = [
        CompleteWork(item.id, "partly" if item.opened_at < clock.now() - timedelta(days=4) else "again")
        for item in every("workflow.work", buyer, which="all", node="settle_shortage")
        if random.random() < 0.3
    ]
    did("workflow.complete", buyer, done)
    settle()


def pick_pack_ship(house: House, random: Random) -> None:
    """A round through the hall: most of what lies on the lists leaves, some stays picked or packed until the next round."""
    held = {row.id for row in every("orders.list", house.who("manager"), state="held")}
    _pick(house, random, [s.id for s in _shipments(house, "open", held) if random.random() < 0.74])
    rows = [_packed(house, s) for s in _shipments(house, "picked", held) if random.random() < 0.85]
    tried("fulfilment.pack", house.who("warehouse"), rows)
    leaving = [_way(random, house, s) for s in _shipments(house, "packed", held) if random.random() < 0.88]
    did("fulfilment.ship", house.who("warehouse"), leaving)
    settle()


def next_round_begins(house: House, random: Random) -> None:
    """The afternoon's round: some is picked already, a little of it packed, nothing has left yet."""
    held = {row.id for row in every("orders.list", house.who("manager"), state="held")}
    _pick(house, random, [s.id for s in _shipments(house, "open", held) if random.random() < 0.5])
    rows = [_packed(house, s) for s in _shipments(house, "picked", held) if random.random() < 0.4]
    tried("fulfilment.pack", house.who("warehouse"), rows)
    settle()


def _shipments(house: House, state: str, held: set[int]) -> list[Any]:
    rows = every("fulfilment.shipments", house.who("warehouse"), state=state)
    return [row for row in rows if row.order_id not in held]


def _pick(house: House, random: Random, shipments: list[int]) -> None:
    """Now and then something is not where it should be: then less is picked than the list says."""
    picked = []
    for id in shipments:
        for line in ask("fulfilment.lines", house.who("warehouse"), id=id):
            short = line.quantity > 3 and random.random() < 0.025
            found = (line.quantity * random.randint(5, 9) / 10).quantize(D(1)) if short else line.quantity
            if line.picked is None:
                picked.append(PickLine(line.id, D(found), line.item_number if random.random() < 0.7 else ""))
    did("fulfilment.pick", house.who("warehouse"), picked)


def _packed(house: House, shipment: Any) -> PackShipment:
    """One box or one pallet with everything in it, weighed with its packaging."""
    lines = [line for line in ask("fulfilment.lines", house.who("warehouse"), id=shipment.id) if line.picked]
    goods = sum((WEIGHTS.get(line.item_number, D(0)) * line.picked for line in lines), D(0))
    size, own = ("Palette 120 × 80 cm", D(22)) if goods > PALLET else ("Karton 45 × 32 × 30 cm", D("0.6"))
    contents = [(line.id, line.picked) for line in lines]
    return PackShipment(shipment.id, [Box((goods + own).quantize(D("0.1")), size, contents)] if contents else [])


def _way(random: Random, house: House, shipment: Any) -> ShipShipment:
    heavy = any(p.weight > PALLET for p in ask("fulfilment.packages", house.who("warehouse"), id=shipment.id))
    carrier = "Spedition Baumbach" if heavy else random.choice(CARRIERS[:-1])
    digits = 12 if carrier == "GLS" else 14 if carrier == "DPD" else 20
    number = "".join(random.choice("0123456789") for _ in range(digits - 4))
    return ShipShipment(shipment.id, carrier, "" if heavy else f"0034{number}")


def arrivals(house: House, random: Random, day_began: datetime) -> None:
    """The carriers report what arrived of what left before today."""
    under_way = [s for s in _shipments(house, "shipped", set()) if s.shipped_at < day_began]
    arrived = [Ref(s.id) for s in under_way if random.random() < 0.93]
    did("fulfilment.deliver", house.who("warehouse"), arrived)
    settle()


def something_comes_back(house: House, random: Random) -> None:
    """Goods of an order that arrived come back, and are credited."""
    arrived = _shipments(house, "delivered", set())
    recent = [s for s in arrived if s.delivered_at > clock.now() - timedelta(days=6)]
    if not recent or random.random() > 0.4:
        return
    shipment = random.choice(recent)
    lines = [line for line in ask("orders.lines", house.who("manager"), id=shipment.order_id) if line.kind == "goods"]
    back = next((line for line in lines if line.delivered >= 2 and line.invoiced >= line.delivered), None)
    if back is None:
        return
    reason = random.choice(RETURNS)
    quantity = max(D(1), (back.delivered / random.choice((2, 4, 5))).quantize(D(1)))
    rows = [TakeBack(shipment.order_id, house.warehouses["main"], [(back.id, quantity)], reason)]
    if tried("fulfilment.take_back", house.who("warehouse"), rows).done:
        settle()
        credit(house, [shipment.order_id], reason)
        # what came back is not sent again: the order is done without it
        tried("orders.short_ship", house.who("manager"), [ShortShip(back.id, quantity, reason)])
        settle()


def presses_run(house: House, day: date, since: datetime, until: datetime) -> None:
    """Job tickets start and end as they are planned, each at its own moment; what had to wait begins at `since`."""
    plan = ask("production.plan_of_days", house.who("planner"), first=day - timedelta(days=6), last=day)
    due = []
    for row in plan:
        late = max(since - row.planned_start, timedelta(0)) if row.state == "planned" else timedelta(0)
        if row.state == "planned":
            due.append((row.planned_start + late, 1, row))
        if row.state in ("planned", "running"):
            due.append((max(row.planned_end, since) + late, 0, row))
    for at, starts, ticket in sorted(due, key=lambda one: (one[0], one[1], one[2].id)):
        if at > until:
            break
        with clock.at(at):
            name, row = ("production.start", Ref(ticket.id)) if starts else ("production.finish", _finished(ticket))
            tried(name, house.who("production"), [row])
    settle()


def _finished(ticket: Any) -> FinishTicket:
    luck = Random(f"{ticket.number}/{ticket.position}")  # noqa: S311
    wasted = (ticket.quantity * D(luck.randint(8, 34)) / 1000).quantize(D(1))
    return FinishTicket(ticket.id, D(ticket.run), wasted)
