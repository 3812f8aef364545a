"""From an order's rows to its confirmation, printed when it is confirmed."""

from collections.abc import Sequence
from typing import Any

from orderway.catalog.sums import Tax, totals
from orderway.documents.printing import Printed, file_name, letter, local_day, print_after
from orderway.documents.typst import as_data, render
from orderway.kernel.context import Reader

from .explaining import OneOrder
from .papers import PAPERS, ConfirmationPaper, OrderedLine, TaxRow
from .queries import lines, one_order


def confirmation(ctx: Reader, id: int) -> Sequence[Printed]:
    """The order confirmation: every line with its day, the sums, where it goes; none for what was taken along at the counter."""
    order, rows = one_order(ctx, OneOrder(id)), lines(ctx, OneOrder(id))
    if order.channel == "counter" and order.state == "completed":
        return []
    sums = totals([(Tax(row.tax_category, row.tax_rate), row.net) for row in rows], order.currency)
    address = ship_to(order)
    paper = ConfirmationPaper(
        letter=letter(
            ctx,
            order.customer_language,
            order.number,
            local_day(ctx, order.confirmed_at),
            address,
            order.parcel_number,
            order.customer_number,
        ),
        currency=order.currency,
        lines=tuple(_line(row, order) for row in rows),
        net=sums.net,
        taxes=tuple(TaxRow(row.tax.rate, row.base, row.amount) for row in sums.taxes),
        gross=sums.gross,
        reference=order.their_reference,
        ordered_on=order.ordered_on,
        delivery_on=order.promised_on or order.requested_on,
        ship_to=address,
        instruction=order.instruction,
    )
    content = render(PAPERS["order_confirmation"], as_data(paper), order.confirmed_at)
    template = PAPERS["order_confirmation"]
    name = file_name(template, "order_confirmation", paper.letter.language, order.number)
    return [Printed(order.parcel_id, name, content, template)]


def ship_to(order: Any) -> tuple[str, ...]:
    """The delivery address as on an envelope, for anything that has the ship_ columns."""
    town = f"{order.ship_postcode} {order.ship_city}".strip()
    return tuple(line for line in (order.ship_name, order.ship_street, town, order.ship_country) if line)


def _line(row: Any, order: Any) -> OrderedLine:
    return OrderedLine(
        position=str(row.position),
        name=row.description,
        quantity=row.quantity - row.cancelled,
        unit=row.unit,
        item=row.item_number,
        price=row.price,
        per=row.per,
        discount=row.discount or None,
        amount=row.net,
        promised_on=order.promised_on,
        wished_on=row.requested_on,
    )


print_after(["order.confirmed"], "order_confirmation", "order", confirmation)
