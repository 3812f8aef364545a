"""Functions of numbers and truths. Source: OMG DMN 1.5, clauses 10.3.4.2 and 10.3.4.5."""

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
    InvalidOperation,
)

from ..values import NUMBERS, DaysTime, Value, YearsMonths
from .registry import builtin

_LOWEST, _HIGHEST = -6_111, 6_176
_ZERO = Decimal(0)


def _rounded(of: Decimal, scale: Decimal, way: str) -> Decimal | None:
    if not _LOWEST <= scale <= _HIGHEST:
        return None
    places = int(scale)
    if -int(of.as_tuple().exponent) <= places:
        return of
    try:
        found = of.quantize(Decimal(1).scaleb(-places, NUMBERS), rounding=way, context=NUMBERS)
    except InvalidOperation:
        return of
    return NUMBERS.plus(found if places >= 0 else Decimal(int(found)))


@builtin("decimal(n: number, scale: number)")
def decimal_(n: Decimal, scale: Decimal) -> Value:
    """`n` rounded to `scale` decimals, half to even."""
    return _rounded(n, scale, ROUND_HALF_EVEN)


@builtin("floor(n: number, scale?: number)")
def floor(n: Decimal, scale: Decimal = _ZERO) -> Value:
    """The greatest number of `scale` decimals that is not above `n`."""
    return _rounded(n, scale, ROUND_FLOOR)


@builtin("ceiling(n: number, scale?: number)")
def ceiling(n: Decimal, scale: Decimal = _ZERO) -> Value:
    """The least number of `scale` decimals that is not below `n`."""
    return _rounded(n, scale, ROUND_CEILING)


@builtin("round up(n: number, scale?: number)")
def round_up(n: Decimal, scale: Decimal = _ZERO) -> Value:
    """`n` rounded away from zero."""
    return _rounded(n, scale, ROUND_UP)


@builtin("round down(n: number, scale?: number)")
def round_down(n: Decimal, scale: Decimal = _ZERO) -> Value:
    """`n` rounded towards zero."""
    return _rounded(n, scale, ROUND_DOWN)


@builtin("round half up(n: number, scale?: number)")
def round_half_up(n: Decimal, scale: Decimal = _ZERO) -> Value:
    """`n` rounded to the nearest, half away from zero."""
    return _rounded(n, scale, ROUND_HALF_UP)


@builtin("round half down(n: number, scale?: number)")
def round_half_down(n: Decimal, scale: Decimal = _ZERO) -> Value:
    """`n` rounded to the nearest, half towards zero."""
    return _rounded(n, scale, ROUND_HALF_DOWN)


@builtin("abs(n: number|duration)")
def abs_(n: Decimal | DaysTime | YearsMonths) -> Value:
    """The size of a number or duration without its sign."""
    match n:
        case DaysTime(nanos):
            return DaysTime(abs(nanos))
        case YearsMonths(months):
            return YearsMonths(abs(months))
        case _:
            return n.copy_abs()


@builtin("modulo(dividend: number, divisor: number)")
def modulo(dividend: Decimal, divisor: Decimal) -> Value:
    """What is left of a division; it has the sign of the divisor."""
    if divisor == 0:
        return None
    # two guard contexts would differ in the last digit: the remainder of decimals is exact, so the sign is mended after it
    left = NUMBERS.remainder(dividend, divisor) if _near(dividend, divisor) else _long_remainder(dividend, divisor)
    return NUMBERS.add(left, divisor) if left and (left < 0) is not (divisor < 0) else left


def _near(dividend: Decimal, divisor: Decimal) -> bool:
    return dividend.adjusted() - divisor.adjusted() < 33


def _long_remainder(dividend: Decimal, divisor: Decimal) -> Decimal:
    exponent = min(int(dividend.as_tuple().exponent), int(divisor.as_tuple().exponent))
    if max(dividend.adjusted(), divisor.adjusted()) - exponent > 7_000:
        return _ZERO
    whole, by = int(dividend.scaleb(-exponent)), int(divisor.scaleb(-exponent))
    left = abs(whole) % abs(by) * (-1 if whole < 0 else 1)
    return NUMBERS.plus(Decimal(left).scaleb(exponent))


@builtin("sqrt(number: number)")
def sqrt(n: Decimal) -> Value:
    """The square root; null below zero."""
    return NUMBERS.sqrt(n) if n >= 0 else None


@builtin("log(number: number)")
def log(n: Decimal) -> Value:
    """The natural logarithm; null at zero and below."""
    return NUMBERS.ln(n) if n > 0 else None


@builtin("exp(number: number)")
def exp(n: Decimal) -> Value:
    """e to the power of the number."""
    found = NUMBERS.exp(n)
    return found if found.is_finite() else None


@builtin("odd(number: number)")
def odd(n: Decimal) -> Value:
    """Whether a whole number is odd; false for a broken one."""
    return modulo(n, Decimal(2)) == 1


@builtin("even(number: number)")
def even(n: Decimal) -> Value:
    """Whether a whole number is even; false for a broken one."""
    return modulo(n, Decimal(2)) == 0


@builtin("not(negand: any)")
def not_(negand: Value) -> Value:
    """True for false, false for true, null for anything else."""
    return not negand if isinstance(negand, bool) else None
