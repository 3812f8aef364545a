"""Papers: an invoice of 20 lines as PDF/A-3 with its XML inside, against what typst itself needs to compile the page."""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal as D
from functools import partial
from typing import Any

from .cost import RUNS, Figure, interleaved, measured
from .ground import Ground

LINES = 20
TARGET = 1 / 3
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def invoice(number: int) -> tuple[Any, Any]:
    """The letter and the invoice that are printed; each number makes another one."""
    from orderway.billing.einvoice import Account, Invoice, InvoiceLine, Kind, Party
    from orderway.catalog.sums import Tax
    from orderway.documents.papers import Letter, Letterhead

    sender = Letterhead("Kessler Druck & Papier", "Gerberstraße 4", "96260 Weismain", "DE", vat_id="DE123456789")
    seller = Party("Kessler Druck & Papier", "Gerberstraße 4", "96260", "Weismain", "DE", vat_id="DE123456789")
    buyer = Party("Customer 1", "Street 1", "10115", "Berlin", "DE")
    lines = tuple(
        InvoiceLine(
            str(n), f"Item {number}-{n}, printed on both sides", D(1 + n % 7), "H87", D("12.50") + n, Tax("S", D(19))
        )
        for n in range(1, LINES + 1)
    )
    bill = Invoice(
        f"I26-{number:05}",
        Kind.INVOICE,
        date(2026, 3, 2),
        "EUR",
        seller,
        buyer,
        lines,
        due_on=date(2026, 3, 16),
        delivered_on=date(2026, 3, 1),
        account=Account("DE02120300000000202051", "", "Kessler Druck & Papier"),
        payment_reference=f"I26-{number:05}",
    )
    address = ("Customer 1", "Street 1", "10115 Berlin", "DE")
    return Letter(sender, "en", bill.number, bill.issued_on, address, f"P26-{number:05}", "10001"), bill


def bench(_: Ground, count: int = 40, runs: int = RUNS) -> list[Figure]:
    """`count` invoices a run on each side, in processor milliseconds an invoice."""
    from orderway.billing import papers
    from orderway.documents.typst import as_data, render

    numbers = iter(range(1, 10_000))
    template = papers.PAPERS["invoice"]

    def ours(letter: Any, bill: Any) -> bytes:
        return papers.print_bill(letter, bill, AT)

    def compiled(data: Any) -> bytes:
        return render(template, data, AT)

    def cost(side: Callable[..., bytes], prepare: Callable[[int], tuple[Any, ...]]) -> float:
        given = [prepare(next(numbers)) for _ in range(count)]

        def make() -> None:
            for one in given:
                assert side(*one).startswith(b"%PDF")

        return measured(make, os.getpid()) / count * 1_000

    by_typst = partial(cost, compiled, lambda n: (as_data(papers.bill_paper(*invoice(n))),))
    costs = interleaved(partial(cost, ours, invoice), by_typst, runs)
    return [Figure("papers", *costs, TARGET, count * runs)]
