"""Amounts: decimals at the minor unit of their currency, never floats."""

from decimal import ROUND_HALF_UP, Decimal

MINOR_UNITS = {"JPY": 0, "KRW": 0, "ISK": 0, "CLP": 0, "VND": 0, "BHD": 3, "KWD": 3, "TND": 3, "JOD": 3, "OMR": 3}


def minor_units(currency: str) -> int:
    """Decimal places of a currency (ISO 4217); 2 for all that the standard does not list otherwise."""
    return MINOR_UNITS.get(currency, 2)


def rounded(amount: Decimal, currency: str) -> Decimal:
    """`amount` at the currency's minor unit, halves away from zero (EN 16931-1, 6.5.4)."""
    return amount.quantize(Decimal(1).scaleb(-minor_units(currency)), rounding=ROUND_HALF_UP)
