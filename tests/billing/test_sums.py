"""Sums of an invoice: whatever the lines, the totals obey EN 16931, and what is printed is what the XML states."""

import re
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pypdfium2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from orderway.billing.cii import cii
from orderway.billing.einvoice import Invoice, InvoiceLine, Kind, Party, Prepayment
from orderway.billing.papers import PAPERS, bill_paper
from orderway.catalog.sums import Adjustment, Rounding, Tax, Totals, line_net, share, totals
from orderway.documents.papers import Letter, Letterhead
from orderway.documents.typst import as_data, render

TAXES = [Tax("S", Decimal(19)), Tax("S", Decimal(7)), Tax("S", Decimal("5.5")), Tax("Z"), Tax("AE")]
CENT = Decimal("0.01")

taxes = st.sampled_from(TAXES)
cents = st.integers(0, 10_000_000).map(lambda n: Decimal(n) / 100)
quantities = st.integers(-100_000, 1_000_000).map(lambda n: Decimal(n) / 1000)
prices = st.integers(0, 10_000_000).map(lambda n: Decimal(n) / 10_000)
bases = st.sampled_from([Decimal(1), Decimal(100), Decimal(1000)])
line_extras = st.lists(st.builds(Adjustment, amount=cents, reason=st.just("x"), charge=st.booleans()), max_size=2)
extras = st.lists(st.builds(Adjustment, amount=cents, reason=st.just("x"), charge=st.booleans(), tax=taxes), max_size=4)
drawn_lines = st.lists(st.tuples(taxes, quantities, prices, bases, line_extras), min_size=1, max_size=30)


def half_up(value: Fraction, places: int = 2) -> Fraction:
    """The reference rounding: exact fractions, halves away from zero."""
    scaled = abs(value) * 10**places + Fraction(1, 2)
    return Fraction(scaled.numerator // scaled.denominator, 10**places) * (1 if value >= 0 else -1)


def reference(lines: list[tuple], adjustments: list[Adjustment], prepaid: Decimal, policy: Rounding) -> dict:
    """The totals worked out a second way, with fractions and one loop, from the text of the standard."""
    nets = []
    for tax, quantity, price, per, extra in lines:
        value = Fraction(quantity) * Fraction(price) / Fraction(per)
        value += sum(Fraction(a.amount) if a.charge else -Fraction(a.amount) for a in extra)
        nets.append((tax, half_up(value)))
    parts = nets + [(a.tax, Fraction(a.amount) if a.charge else -Fraction(a.amount)) for a in adjustments]
    tax_of = {}
    for tax in {tax for tax, _ in parts}:
        own = [amount for t, amount in parts if t == tax]
        by_document = half_up(sum(own) * Fraction(tax.rate) / 100)
        by_line = sum(half_up(amount * Fraction(tax.rate) / 100) for amount in own)
        tax_of[tax] = (sum(own), by_line if policy is Rounding.LINE else by_document)
    net = sum(amount for _, amount in parts)
    tax_total = sum(amount for _, amount in tax_of.values())
    return {"net": net, "tax": tax_total, "due": net + tax_total - Fraction(prepaid), "nets": nets, "taxes": tax_of}


def summed(lines: list[tuple], adjustments: list[Adjustment], prepaid: Decimal, policy: Rounding) -> Totals:
    nets = [(tax, line_net(q, price, "EUR", per, extra)) for tax, q, price, per, extra in lines]
    return totals(nets, "EUR", adjustments=adjustments, prepaid=prepaid, policy=policy)


@given(drawn_lines, extras, cents, st.sampled_from(Rounding))
def test_whatever_is_sold_the_totals_obey_the_standard(lines, adjustments, prepaid, policy):
    sums = summed(lines, adjustments, prepaid, policy)
    assert sums.line_total == sum(line.net for line in sums.lines)  # BR-CO-10
    assert sums.allowances == sum(a.amount for a in adjustments if not a.charge)  # BR-CO-11
    assert sums.charges == sum(a.amount for a in adjustments if a.charge)  # BR-CO-12
    assert sums.net == sums.line_total - sums.allowances + sums.charges  # BR-CO-13
    assert sums.tax == sum(row.amount for row in sums.taxes)  # BR-CO-14
    assert sums.gross == sums.net + sums.tax  # BR-CO-15
    assert sums.due == sums.gross - sums.prepaid + sums.rounding  # BR-CO-16
    assert sums.net == sum(row.base for row in sums.taxes)  # BR-S-08 and its siblings
    for row in sums.taxes:  # BR-CO-17, exactly or within what the official schematron lets pass
        exact = (row.base * row.tax.rate / 100).quantize(CENT, rounding=ROUND_HALF_UP)
        assert row.amount == exact or (sums.policy is Rounding.LINE and abs(row.amount - exact) < 1)
    amounts = [sums.line_total, sums.net, sums.tax, sums.gross, sums.due, *(row.amount for row in sums.taxes)]
    assert all(amount == amount.quantize(CENT) for amount in amounts)  # BR-DEC-09 to 20


@given(drawn_lines, extras, cents, st.sampled_from(Rounding))
def test_the_totals_equal_those_of_a_reckoning_with_fractions(lines, adjustments, prepaid, policy):
    sums = summed(lines, adjustments, prepaid, policy)
    expected = reference(lines, adjustments, prepaid, sums.policy)
    assert [Fraction(line.net) for line in sums.lines] == [net for _, net in expected["nets"]]
    assert (Fraction(sums.net), Fraction(sums.tax), Fraction(sums.due)) == (
        expected["net"],
        expected["tax"],
        expected["due"],
    )
    assert {row.tax: (Fraction(row.base), Fraction(row.amount)) for row in sums.taxes} == expected["taxes"]


@given(drawn_lines, extras)
def test_rounded_by_line_the_taxes_on_the_lines_add_up_to_the_tax_total(lines, adjustments):
    sums = summed(lines, adjustments, Decimal(0), Rounding.LINE)
    if sums.policy is Rounding.LINE:
        on_adjustments = sum(share(a.signed, a.tax.rate, "EUR") for a in adjustments)
        assert sum(line.tax for line in sums.lines) + on_adjustments == sums.tax
    assert all(line.gross == line.net + line.tax for line in sums.lines)


def test_three_hundred_small_lines_are_rounded_by_document_when_rounding_by_line_would_break_the_rule():
    lines = [(Tax("S", Decimal(19)), Decimal("0.13"))] * 300  # 0.0247 tax a line: 300 roundings lose 1.41
    sums = totals(lines, "EUR", policy=Rounding.LINE)
    assert sums.policy is Rounding.DOCUMENT
    assert sums.tax == Decimal("7.41")


def test_the_two_roundings_differ_where_they_should():
    lines = [(Tax("S", Decimal(19)), Decimal("0.13"))] * 10
    assert totals(lines, "EUR").tax == Decimal("0.25")
    assert totals(lines, "EUR", policy=Rounding.LINE).tax == Decimal("0.20")


def test_yen_have_no_decimals():
    sums = totals([(Tax("S", Decimal(10)), line_net(Decimal(3), Decimal("101.5"), "JPY"))], "JPY")
    assert (sums.net, sums.tax, sums.gross) == (Decimal(305), Decimal(31), Decimal(336))


def test_a_rate_written_in_two_ways_is_one_row_of_the_breakdown():
    sums = totals([(Tax("S", Decimal(19)), Decimal(1)), (Tax("S", Decimal("19.00")), Decimal(1))], "EUR")
    assert len(sums.taxes) == 1


def test_a_discount_on_the_document_needs_a_tax():
    with pytest.raises(ValueError, match="BR-32"):
        totals([(Tax("S", Decimal(19)), Decimal(1))], "EUR", adjustments=[Adjustment(Decimal(1), "discount")])


def test_a_price_per_nothing_is_refused():
    with pytest.raises(ValueError, match="base quantity"):
        line_net(Decimal(1), Decimal(1), "EUR", Decimal(0))


SELLER = Party("Print House", "Main Street 1", "50823", "Cologne", "DE", vat_id="DE123456789")
BUYER = Party("Bookshop", "Side Street 2", "20259", "Hamburg", "DE", vat_id="DE987654321")
LETTERHEAD = Letterhead("Print House", "Main Street 1", "50823 Cologne")


@settings(max_examples=15, deadline=None)
@given(drawn_lines, extras, cents, st.sampled_from(Rounding))
@example([(TAXES[0], Decimal(10), Decimal(20), Decimal(1), [])], [], Decimal("23.80"), Rounding.DOCUMENT)
def test_the_printed_sums_are_those_of_the_xml(lines, adjustments, prepaid, policy):
    rows = tuple(
        InvoiceLine(str(i), "Thing", quantity, "H87", price, tax, per, adjustments=tuple(extra))
        for i, (tax, quantity, price, per, extra) in enumerate(lines, 1)
    )
    paid = (Prepayment("P-1", date(2026, 11, 1), prepaid, Decimal(0)),) if prepaid else ()
    invoice = Invoice(
        "R-1", Kind.INVOICE, date(2026, 11, 22), "EUR", SELLER, BUYER, rows,
        adjustments=tuple(adjustments), prepayments=paid, policy=policy, due_on=date(2026, 12, 22),
    )  # fmt: skip
    summation = etree.fromstring(cii(invoice)).find(".//{*}SpecifiedTradeSettlementHeaderMonetarySummation")
    letter = Letter(LETTERHEAD, "en", "R-1", date(2026, 11, 22))
    paper = render(PAPERS["invoice"], as_data(bill_paper(letter, invoice)), datetime(2026, 11, 22, tzinfo=UTC))
    with pypdfium2.PdfDocument(paper) as pdf:
        text = " ".join("".join(page.get_textpage().get_text_range() for page in pdf).split())
    stated = {label: summation.findtext(f"{{*}}{name}") for label, name in PRINTED.items()}
    for label, value in stated.items():
        if label != "Total" or paid:
            printed = re.findall(rf"(?<!Net ){label} ([−-]?[\d,]+\.\d\d) €", text)[-1]
            assert Decimal(printed.replace(",", "").replace("−", "-")) == Decimal(value), label


PRINTED = {"Net total": "TaxBasisTotalAmount", "Total": "GrandTotalAmount", "Amount due": "DuePayableAmount"}
