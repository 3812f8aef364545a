"""From a shipment's rows to its papers: pick list when released, packing lists when packed, delivery note when shipped."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from orderway.documents.printing import Printed, file_name, letter, local_day, print_after
from orderway.documents.typst import as_data, render
from orderway.kernel.context import Reader
from orderway.orders.printing import ship_to

from .papers import PAPERS, DeliveryNotePaper, PackingListPaper, PickLine, PickListPaper, ShippedLine
from .queries import OneShipment, lines, one_shipment, packages


def pick_list(ctx: Reader, id: int) -> Sequence[Printed]:
    """What to take from where; none where the customer has taken it along already."""
    shipment, rows = one_shipment(ctx, OneShipment(id)), lines(ctx, OneShipment(id))
    if shipment.taken_along:
        return []
    paper = PickListPaper(
        letter=_letter(ctx, shipment, f"{shipment.order_number}/{id}", shipment.opened_at, shipment.own_language),
        lines=tuple(
            PickLine(
                shipment.warehouse, row.item_number, row.description, row.quantity, row.unit, shipment.order_number
            )
            for row in rows
        ),
        warehouse=shipment.warehouse,
        orders=(shipment.order_number,),
        ship_to=ship_to(shipment),
        ship_by=shipment.requested_on,
        instruction=shipment.instruction,
    )
    content = render(PAPERS["pick_list"], as_data(paper), shipment.opened_at)
    name = file_name(PAPERS["pick_list"], "pick_list", paper.letter.language, shipment.order_number, str(id))
    return [Printed(shipment.parcel_id, name, content, PAPERS["pick_list"])]


def packing_lists(ctx: Reader, id: int) -> Sequence[Printed]:
    """One list a package; none where the customer has taken it along already."""
    shipment, rows = one_shipment(ctx, OneShipment(id)), packages(ctx, OneShipment(id))
    if shipment.taken_along:
        return []
    boxes = [(number, list(contents)) for number, contents in groupby(rows, key=lambda row: row.number)]
    return [_packing_list(ctx, shipment, number, len(boxes), contents) for number, contents in boxes]


def _packing_list(ctx: Reader, shipment: Any, number: int, count: int, contents: Sequence[Any]) -> Printed:
    paper = PackingListPaper(
        letter=_letter(ctx, shipment, f"{shipment.order_number}/{shipment.id}/{number}", shipment.opened_at),
        package=number,
        packages=count,
        lines=tuple(
            ShippedLine(str(row.position), row.item_number, row.description, row.quantity, row.unit) for row in contents
        ),
        shipment=str(shipment.id),
        order=shipment.order_number,
        reference=shipment.their_reference,
        gross_kg=contents[0].weight,
        size=contents[0].size,
        instruction=shipment.instruction,
    )
    name = file_name(PAPERS["packing_list"], "packing_list", paper.letter.language, paper.letter.number)
    content = render(PAPERS["packing_list"], as_data(paper), shipment.opened_at)
    return Printed(shipment.parcel_id, name, content, PAPERS["packing_list"])


def delivery_note(ctx: Reader, id: int) -> Sequence[Printed]:
    """What went out, and what of the order is still to come; sealed, because it is handed over."""
    shipment, rows = one_shipment(ctx, OneShipment(id)), lines(ctx, OneShipment(id))
    boxes = packages(ctx, OneShipment(id))
    weights = {box.number: box.weight for box in boxes}
    paper = DeliveryNotePaper(
        letter=_letter(ctx, shipment, shipment.number, shipment.shipped_at),
        lines=tuple(_shipped(row) for row in rows if row.picked),
        order=shipment.order_number,
        reference=shipment.their_reference,
        shipped_on=local_day(ctx, shipment.shipped_at),
        shipping=shipment.carrier,
        tracking=shipment.tracking,
        packages=len(weights),
        gross_kg=sum(weights.values()),
        instruction=shipment.instruction,
    )
    content = render(PAPERS["delivery_note"], as_data(paper), shipment.shipped_at)
    name = file_name(PAPERS["delivery_note"], "delivery_note", paper.letter.language, shipment.number)
    return [Printed(shipment.parcel_id, name, content, PAPERS["delivery_note"], sealed=True)]


def _shipped(row: Any) -> ShippedLine:
    still = max(row.ordered - row.cancelled - row.delivered, Decimal(0))
    return ShippedLine(str(row.position), row.item_number, row.description, row.picked, row.unit, row.ordered, still)


def _letter(ctx: Reader, shipment: Any, number: str, moment: Any, language: str = "") -> Any:
    return letter(
        ctx,
        language or shipment.customer_language,
        number,
        local_day(ctx, moment),
        ship_to(shipment),
        shipment.parcel_number,
        shipment.customer_number,
    )


print_after(["shipment.released"], "pick_list", "shipment", pick_list)
print_after(["shipment.packed"], "packing_list", "shipment", packing_lists)
print_after(["shipment.shipped"], "delivery_note", "shipment", delivery_note)
