"""Numbers as people type them, in any locale's way."""

import re
from decimal import Decimal, InvalidOperation

from django.utils.formats import get_format

_PLAIN = re.compile(r"[+-]?[0-9]*(?:\.[0-9]+)?")


def typed(text: str) -> Decimal | None:
    """The number somebody typed: "1.234,5", "1,234.5", "1 234.5" and "1'234.5" are the same; None when it is none.

    Where both signs stand the last one is the decimal sign. A single sign followed by exactly three digits groups them, unless
    it is the decimal sign of the reader's locale; so "1.500" is 1500 in German and 1.5 in English.
    """
    plain = re.sub(r"[\s\u00a0\u202f'’]", "", text.strip()).replace("−", "-")
    if not plain or len(plain) > 30:
        return None
    decimal = str(get_format("DECIMAL_SEPARATOR"))
    if "," in plain and "." in plain:
        decimal = max(",.", key=plain.rfind)
    elif sign := next((one for one in ",." if one in plain), None):
        groups = re.fullmatch(r"[+-]?\d{1,3}(?:[.,]\d{3})+", plain) is not None and (
            sign != decimal or plain.count(sign) > 1
        )
        decimal = {",": ".", ".": ","}[sign] if groups else sign
    other = "," if decimal == "." else "."
    plain = plain.replace(other, "").replace(decimal, ".")
    if not plain.strip("+-.") or not _PLAIN.fullmatch(plain):
        return None
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None


def decimals(price: Decimal) -> int:
    """How many decimals a price needs: two, or as many as it has."""
    exponent = price.normalize().as_tuple().exponent
    return max(2, -exponent if isinstance(exponent, int) else 2)
