"""Money and quantities: decimals with their currency or unit, never floats."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

MINOR_UNITS = {"JPY": 0, "KRW": 0, "ISK": 0, "CLP": 0, "VND": 0, "BHD": 3, "KWD": 3, "TND": 3, "JOD": 3, "OMR": 3}


def minor_units(currency: str) -> int:
    """Decimal places of a currency (ISO 4217); 2 for all that the standard does not list otherwise."""
    return MINOR_UNITS.get(currency, 2)


def rounded(amount: Decimal, currency: str) -> Decimal:
    """`amount` at the currency's minor unit, halves away from zero (EN 16931-1, 6.5.4)."""
    return amount.quantize(Decimal(1).scaleb(-minor_units(currency)), rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency (ISO 4217 code). Adding two currencies is a ValueError."""

    amount: Decimal
    currency: str

    def __add__(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")
        return Money(self.amount + other.amount, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return self + -other

    def rounded(self) -> "Money":
        """The same at the currency's minor unit."""
        return Money(rounded(self.amount, self.currency), self.currency)


@dataclass(frozen=True, slots=True)
class Quantity:
    """How much of a unit (UN/ECE Recommendation 20 code, for example `H87` piece or `KGM` kilogram)."""

    value: Decimal
    unit: str
