"""What people do in the stories, in their own words; every step is a command or a query."""

import json
from collections.abc import Sequence
from decimal import Decimal as D
from importlib import resources
from typing import Any

from orderway.catalog.commands import AddItem, SetPrice
from orderway.documents import printing
from orderway.fulfilment.commands.pack import PackShipment
from orderway.fulfilment.commands.pick import PickLine
from orderway.fulfilment.commands.ship import ShipShipment
from orderway.kernel import reacting
from orderway.kernel.access import system_actor
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.stock.commands import Move
from orderway.workflow.commands import proceed
from orderway.workflow.commands.publish import PublishMap


class Story:
    """The print shop, and what its people do."""

    def __init__(self, shop: Any) -> None:
        self.shop = shop

    def item(self, number: str, price: str, **stock: int) -> int:
        """A new item with a list price, and so much of it in each warehouse."""
        boss = system_actor(self.shop.company)
        (id,) = run("catalog.add_items", boss, [AddItem(number, number)]).done
        from datetime import date

        run("catalog.set_prices", boss, [SetPrice(id, D(price), date(2020, 1, 1))])
        for place, quantity in stock.items():
            self.receive(id, quantity, place)
        return id

    def receive(self, item: int, quantity: int, place: str = "main") -> None:
        """Goods come in."""
        assert run("stock.move", self.shop.warehouse, [Move(item, self.shop.warehouses[place], D(quantity))]).ok
        self.later()

    def order(self, *lines: PlaceLine, customer: str = "10001") -> int:
        """Placed, confirmed and allocated; released to the warehouse by itself."""
        (id,) = run("orders.place", self.shop.manager, [PlaceOrder(self.shop.customers[customer], lines)]).done
        self.ok("orders.confirm", self.shop.manager, Ref(id))
        self.ok("orders.allocate", self.shop.manager, Ref(id))
        self.later()
        return id

    def ok(self, name: str, actor: Any, *rows: Any) -> Any:
        """A command that must succeed."""
        outcome = run(name, actor, rows)
        assert outcome.ok, outcome.refused
        return outcome

    def later(self) -> None:
        """Everything that reacts has reacted, and every map has gone on as far as it goes."""
        while reacting.drain() + proceed.drain():
            pass

    def publish_maps(self) -> None:
        """The administrator publishes the maps that are shipped."""
        maps = sorted(resources.files("orderway.workflow").joinpath("maps").iterdir(), key=lambda file: file.name)
        rows = [PublishMap(file.read_text("utf-8")) for file in maps if file.name.endswith(".bpmn")]
        self.ok("workflow.publish", self.shop.administrator, *rows)

    def print_papers(self) -> None:
        """What the paper worker does: every queued paper is made and filed."""
        jobs = fetch(
            "select args::text as args from procrastinate_jobs where queue_name = 'paper' and status = 'todo' order by id",
            {},
        )
        fetch("delete from procrastinate_jobs where queue_name = 'paper'", {})
        for job in jobs:
            args = json.loads(job.args)
            printing.file(args["company"], args["kind"], args["subject"])
        self.later()

    def where(self, order: int) -> set[str]:
        """On which steps of its maps an order stands."""
        positions = ask("workflow.position", self.shop.manager, subject_type="order", subject=order)
        return {token[0] for position in positions for token in position.at}

    def lines(self, order: int) -> list[Any]:
        return ask("orders.lines", self.shop.manager, id=order)

    def line(self, order: int) -> Any:
        (line,) = self.lines(order)
        return line

    def head(self, order: int) -> Any:
        return ask("orders.one", self.shop.manager, id=order)

    def bills(self, order: int) -> list[Any]:
        """What was issued for an order, the newest first."""
        return list(ask("billing.invoices", self.shop.accountant, order=order).rows)

    def shipments(self, order: int, state: str | None = None) -> list[Any]:
        found = ask("fulfilment.shipments", self.shop.warehouse, order=order).rows
        return [s for s in found if state is None or s.state == state]

    def pick(self, shipment: int, *quantities: int) -> None:
        """Pick what the list says, or these quantities line by line."""
        lines = ask("fulfilment.lines", self.shop.warehouse, id=shipment)
        taken: Sequence[Any] = quantities or [line.quantity for line in lines]
        self.ok(
            "fulfilment.pick", self.shop.warehouse, *(PickLine(at.id, D(q)) for at, q in zip(lines, taken, strict=True))
        )

    def send(self, shipment: int) -> None:
        """Pack and ship; then everything reacts."""
        self.ok("fulfilment.pack", self.shop.warehouse, PackShipment(shipment))
        self.ok("fulfilment.ship", self.shop.warehouse, ShipShipment(shipment, "Post", "TRACK-1"))
        self.later()

    def pick_and_send(self, shipment: int, *quantities: int) -> None:
        self.pick(shipment, *quantities)
        self.send(shipment)

    def free(self, item: int) -> Any:
        """What nobody was promised, over all warehouses."""
        return sum(level.free for level in ask("stock.levels", self.shop.warehouse, item=item).rows)
