"""From an invoice's rows to the legal document, printed and sealed when it is issued."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from orderway.catalog.sums import Adjustment, Tax, share
from orderway.documents.printing import Printed, file_name, letter, local_day, print_after
from orderway.kernel.context import Reader
from orderway.people.queries import company

from .einvoice import Account, Invoice, InvoiceLine, Kind, Party, Prepayment, Tender
from .papers import KINDS as KINDS_OF_PAPER
from .papers import PAPERS, print_bill
from .queries import SQL, OneInvoice, lines, one_invoice

KINDS = {"invoice": Kind.INVOICE, "prepayment": Kind.PREPAYMENT, "credit_note": Kind.CREDIT_NOTE}


def legal_invoice(ctx: Reader, id: int) -> Sequence[Printed]:
    """The Factur-X PDF of an issued invoice, prepayment invoice or credit note."""
    head = one_invoice(ctx, OneInvoice(id))
    if head is None or head.state != "issued":
        return []
    invoice = as_invoice(ctx, id)
    address = (head.customer, head.buyer_street, f"{head.buyer_postcode} {head.buyer_city}".strip(), head.buyer_country)
    frame = letter(
        ctx, head.customer_language, head.number, head.issued_on, address, head.parcel_number, head.customer_number
    )
    title = KINDS_OF_PAPER[invoice.kind]
    name = file_name(PAPERS[title], title, frame.language, head.number)
    content = print_bill(frame, invoice, head.issued_at)
    return [Printed(head.parcel_id, name, content, PAPERS[title], sealed=True)]


def as_invoice(ctx: Reader, id: int) -> Invoice:
    """An issued bill as EN 16931 says it."""
    head = one_invoice(ctx, OneInvoice(id))
    language = head.customer_language if head.customer_language in ("de", "en") else "en"
    billed = lines(ctx, OneInvoice(id))
    tender = _tender(ctx, head)
    delivered, period = _supplied(ctx, head, any(row.tax_category == "K" for row in billed))
    return Invoice(
        number=head.number,
        kind=KINDS[head.kind],
        issued_on=head.issued_on,
        currency=head.currency,
        seller=_seller(company(ctx)),
        buyer=_buyer(head),
        lines=tuple(_line(row, head.currency) for row in billed),
        language=language,
        prepayments=tuple(
            Prepayment(row.number, row.issued_on, row.net, row.tax) for row in ctx.fetch(SQL.deductions, id=id)
        ),
        due_on=head.due_on if head.kind != "credit_note" and not tender else None,
        delivered_on=delivered,
        period=period,
        ship_to=_ship_to(head),
        order_reference=head.their_reference,
        sales_order=head.order_number,
        preceding=((head.corrects_number, head.corrects_issued_on),) if head.corrects_number else (),
        account=None if tender else _account(company(ctx)),
        tender=tender,
        payment_reference=head.number,
        notes=(head.reason,) if head.reason else (),
    )


def _tender(ctx: Reader, head: Any) -> Tender | None:
    """What was paid over the counter while the invoice was written."""
    row = ctx.one(SQL.tender, id=head.id, issued_at=head.issued_at)
    return Tender(row.method, row.amount) if row else None


def _supplied(ctx: Reader, head: Any, intra: bool) -> tuple[date | None, tuple[date, date] | None]:
    """The day of delivery (BT-72), else for a supply within the Union the period in which it is due (BG-14).

    A prepayment invoice is written before anything was delivered, and BR-IC-11 asks for one of the two where the tax category is K:
    from the day of issue to the day promised or, where none was, wanted.
    """
    if head.kind != "prepayment" and head.delivered_at:
        return local_day(ctx, head.delivered_at), None
    if not intra:
        return None, None
    wanted = head.promised_on or head.requested_on or head.issued_on
    return None, (head.issued_on, max(wanted, head.issued_on))


def _ship_to(head: Any) -> Party | None:
    """Where the goods go (BG-13 to BG-15); BR-IC-12 asks for its country."""
    if not head.ship_country:
        return None
    return Party(head.ship_name, head.ship_street, head.ship_postcode, head.ship_city, head.ship_country)


def _seller(own: Any) -> Party:
    return Party(
        name=own.name,
        street=own.street,
        postcode=own.postcode,
        city=own.city,
        country=own.country,
        vat_id=own.vat_id,
        tax_number=own.tax_number,
        email=own.email,
        phone=own.phone,
        electronic_address=("EM", own.email) if own.email else None,
    )


def _buyer(head: Any) -> Party:
    return Party(
        name=head.customer,
        street=head.buyer_street,
        postcode=head.buyer_postcode,
        city=head.buyer_city,
        country=head.buyer_country,
        vat_id=head.buyer_vat_id,
        identifier=head.customer_number,
        electronic_address=("EM", head.customer_email) if head.customer_email else None,
    )


def _account(own: Any) -> Account | None:
    return Account(own.iban, own.bic, own.name) if own.iban else None


def _line(row: Any, currency: str) -> InvoiceLine:
    return InvoiceLine(
        position=str(row.position),
        name=row.description,
        quantity=row.quantity,
        unit=row.unit,
        price=row.price,
        tax=Tax(row.tax_category, row.tax_rate),
        per=row.per,
        item=row.item_number,
        adjustments=_discount(row, currency),
    )


def _discount(row: Any, currency: str) -> tuple[Adjustment, ...]:
    """The line's discount as an allowance (BG-27) that leaves exactly the net amount that was billed."""
    if not row.discount:
        return ()
    base = share(row.quantity * row.price / row.per, Decimal(100), currency)
    return (Adjustment(base - row.net, "Discount", percent=row.discount, base=base, reason_code="95"),)


print_after(["invoice.issued", "prepayment.issued", "credit_note.issued"], "invoice", "invoice", legal_invoice)
