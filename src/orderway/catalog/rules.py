"""Which tax a sale bears."""

from decimal import Decimal

from .sums import Tax

EU = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905
)


def tax_of_sale(own_country: str, customer_country: str, vat_id: str, domestic: Tax) -> Tax:
    """The tax of goods sold to a customer: at home the rate of the item's class; to a business elsewhere in the EU an
    intra-community supply (K, Directive 2006/112/EC art. 138); outside the EU an export (G, art. 146); to a person in
    the EU the seller's own rate (below the threshold of art. 59c)."""
    if customer_country == own_country:
        return domestic
    if customer_country in EU and own_country in EU:
        return Tax("K", Decimal(0)) if vat_id else domestic
    return Tax("G", Decimal(0))
