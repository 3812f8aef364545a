"""Functions of strings. Source: OMG DMN 1.5, clause 10.3.4.3; patterns are those of XPath (patterns.py)."""

from contextlib import suppress
from decimal import Decimal

from ..patterns import PATIENCE, compiled, replacement_of
from ..values import Value, number
from .registry import builtin


@builtin("substring(string: string, start position: number, length?: number)")
def substring(text: str, start: Decimal, length: Decimal | None = None) -> Value:
    """Characters from a position (1 is the first, -1 the last) to the end, or as many as `length` says."""
    at, count = int(start), len(text)
    if at == 0 or abs(at) > count or (length is not None and int(length) < 1):
        return None
    first = at - 1 if at > 0 else count + at
    return text[first:] if length is None else text[first : first + int(length)]


@builtin("string length(string: string)")
def string_length(text: str) -> Value:
    """How many characters."""
    return number(len(text))


@builtin("upper case(string: string)")
def upper_case(text: str) -> Value:
    """In capitals."""
    return text.upper()


@builtin("lower case(string: string)")
def lower_case(text: str) -> Value:
    """In small letters."""
    return text.lower()


@builtin("substring before(string: string, match: string)")
def substring_before(text: str, match: str) -> Value:
    """What stands before the first `match`; empty when there is none."""
    return text.partition(match)[0] if match and match in text else ""


@builtin("substring after(string: string, match: string)")
def substring_after(text: str, match: str) -> Value:
    """What stands behind the first `match`; empty when there is none."""
    return text.partition(match)[2] if match else text


@builtin("contains(string: string, match: string)")
def contains(text: str, match: str) -> Value:
    """Whether `match` stands somewhere in the string."""
    return match in text


@builtin("starts with(string: string, match: string)")
def starts_with(text: str, match: str) -> Value:
    """Whether the string begins with `match`."""
    return text.startswith(match)


@builtin("ends with(string: string, match: string)")
def ends_with(text: str, match: str) -> Value:
    """Whether the string ends with `match`."""
    return text.endswith(match)


@builtin("matches(input: string, pattern: string, flags?: any)")
def matches(text: str, pattern: str, flags: Value = None) -> Value:
    """Whether a pattern fits somewhere; flags are s (dot takes line ends), m (lines), i (case), x (spaces in the pattern)."""
    found = compiled(pattern, flags)
    with suppress(TimeoutError):
        return None if found is None else found.search(text, timeout=PATIENCE) is not None
    return None


@builtin("replace(input: string, pattern: string, replacement: string, flags?: any)")
def replace(text: str, pattern: str, by: str, flags: Value = None) -> Value:
    """Every fit of the pattern replaced; $1 is its first group. Flags as in `matches`."""
    found = compiled(pattern, flags)
    if found is None or found.search("", timeout=PATIENCE) is not None:
        return None  # a pattern that fits nothing at all is an error of fn:replace (XPath functions 3.1, err:FORX0003)
    with_ = replacement_of(by, found.groups)
    with suppress(TimeoutError):
        return None if with_ is None else found.sub(with_, text, timeout=PATIENCE)
    return None


@builtin("split(string: string, delimiter: string)")
def split(text: str, delimiter: str) -> Value:
    """The parts between the fits of a pattern."""
    found = compiled(delimiter, None)
    if found is None:
        return None
    parts, at = [], 0
    try:
        for one in found.finditer(text, timeout=PATIENCE):
            if one.end() > one.start():
                parts.append(text[at : one.start()])
                at = one.end()
    except TimeoutError:
        return None
    return [*parts, text[at:]]


@builtin("string join(list: list, delimiter?: any, prefix?: string, suffix?: string)")
def string_join(of: list[Value], delimiter: Value = "", prefix: str = "", suffix: str = "") -> Value:
    """The strings of a list in one, nulls left out."""
    parts = [one for one in of if one is not None]
    if not all(isinstance(one, str) for one in parts) or not isinstance(delimiter, str | None):
        return None
    return (prefix or "") + (delimiter or "").join(parts) + (suffix or "")
