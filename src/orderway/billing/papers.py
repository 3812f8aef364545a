"""The printed papers of billing, and the legal invoice: paper and e-invoice in one file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from orderway.billing.cii import cii
from orderway.billing.einvoice import Invoice, Kind, exemption
from orderway.billing.factur_x import embed
from orderway.catalog.sums import Totals
from orderway.documents.papers import Letter
from orderway.documents.typst import as_data, render

_HERE = Path(__file__).parent / "papers"

PAPERS: Mapping[str, Path] = MappingProxyType(
    {
        "invoice": _HERE / "invoice.typ",
        "prepayment_invoice": _HERE / "prepayment_invoice.typ",
        "credit_note": _HERE / "credit_note.typ",
    }
)
KINDS: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.INVOICE: "invoice",
        Kind.CORRECTED: "invoice",
        Kind.PREPAYMENT: "prepayment_invoice",
        Kind.CREDIT_NOTE: "credit_note",
    }
)


@dataclass(frozen=True, slots=True)
class BillPaper:
    """What invoice, prepayment invoice and credit note print: the invoice, its totals and why tax is not charged.

    `payment` is the text of the payment code ("" for none); `electronic` says that the e-invoice lies in the file.
    """

    letter: Letter
    invoice: Invoice
    totals: Totals
    reasons: tuple[tuple[str, str], ...]
    payment: str = ""
    electronic: bool = True


def bill_paper(letter: Letter, invoice: Invoice, electronic: bool = True) -> BillPaper:
    """The paper of `invoice`, every sum from the rules that also make the XML."""
    sums = invoice.totals
    reasons = [(row.tax.category, exemption(invoice, row.tax.category)[1]) for row in sums.taxes]
    told = tuple((category, reason) for category, reason in reasons if reason)
    return BillPaper(letter, invoice, sums, told, payment_code(invoice, sums), electronic)


def payment_code(invoice: Invoice, sums: Totals) -> str:
    """The text of a SEPA credit transfer code (EPC069-12, version 002), "" when it is not euro or nothing is due."""
    account = invoice.account
    if account is None or invoice.currency != "EUR" or sums.due <= 0 or invoice.kind is Kind.CREDIT_NOTE:
        return ""
    reference = (invoice.payment_reference or invoice.number)[:140]
    holder = (account.holder or invoice.seller.name)[:70]
    iban = account.iban.replace(" ", "")
    return "\n".join(["BCD", "002", "1", "SCT", account.bic, holder, iban, f"EUR{sums.due:f}", "", "", reference])


def print_bill(letter: Letter, invoice: Invoice, at: datetime | None = None) -> bytes:
    """The legal invoice: PDF/A-3b with the EN 16931 XML of the same invoice inside (Factur-X).

    `at` (aware) is the time of creation: given, the same call gives the same bytes. ValueError when
    `einvoice.faults(invoice)` finds any.
    """
    xml = cii(invoice)
    return embed(render(PAPERS[KINDS[invoice.kind]], as_data(bill_paper(letter, invoice)), at), xml)
