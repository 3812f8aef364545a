"""Patterns of XPath and XQuery functions as Python's. Source: W3C XPath functions 3.1, clause 5.6.1; XML Schema part 2, appendix F.

A pattern may take time without end ("(a+)+$"), so every search has a limit; it comes to null then.
"""

import re
import sys
import unicodedata
from functools import lru_cache

import regex

from .values import Value

_FLAGS = {"s": regex.DOTALL, "m": regex.MULTILINE, "i": regex.IGNORECASE, "x": regex.VERBOSE}
_ESCAPES = {"i": r"[^\W\d:]|:", "c": r"[\w.\-:·]"}
_LONGEST = 10_000
PATIENCE = 0.1
"""Seconds for one search."""


def compiled(pattern: str, flags: Value) -> regex.Pattern[str] | None:
    """The pattern, or None when it or a flag is none."""
    if len(pattern) > _LONGEST or not isinstance(flags, str | None) or not set(flags or "") <= set(_FLAGS):
        return None
    return _made(pattern, flags or "")


@lru_cache(maxsize=512)
def _made(pattern: str, flags: str) -> regex.Pattern[str] | None:
    marks = 0
    for flag in flags:
        marks |= _FLAGS[flag]
    try:
        text = _without_space(pattern) if marks & regex.VERBOSE else pattern
        return regex.compile(_translated(text, bool(marks & regex.DOTALL)), marks & ~regex.VERBOSE)
    except (regex.error, ValueError, OverflowError, IndexError):
        return None


def _without_space(pattern: str) -> str:
    """Flag x takes white space away everywhere but in a class (clause 5.6.2)."""
    kept, depth, before = [], 0, ""
    for sign in pattern:
        if before != "\\":
            depth += (sign == "[") - (sign == "]")
        if depth > 0 or not sign.isspace():
            kept.append(sign)
        before = "" if before == "\\" else sign
    return "".join(kept)


def _translated(pattern: str, dotall: bool) -> str:
    out, at = [], 0
    while at < len(pattern):
        sign = pattern[at]
        if sign == "\\":
            text, at = _escape(pattern, at, inside=False)
        elif sign == "[":
            text, at = _class(pattern, at)
        elif sign == "." and not dotall:
            text, at = r"[^\n\r]", at + 1  # Python's . is any but \n
        elif sign == "$":
            text, at = r"(?!\n\Z)$", at + 1  # Python's $ fits before a last line end, XPath's does not
        elif pattern.startswith("(?", at) and not pattern.startswith("(?:", at):
            raise ValueError("only (?: groups are known")
        else:
            text, at = sign, at + 1
        out.append(text)
    return "".join(out)


def _escape(pattern: str, at: int, *, inside: bool) -> tuple[str, int]:
    sign = pattern[at + 1]
    if sign in "pP":
        name = pattern[at + 3 : pattern.index("}", at)]
        ranges = _category(name)
        after = pattern.index("}", at) + 1
        if inside and sign == "P":
            return _complement(ranges), after
        return (ranges if inside else f"[{'^' if sign == 'P' else ''}{ranges}]"), after
    if sign in "ic":
        return (r"\w:" if sign == "i" else r"\w.\-:·") if inside else f"(?:{_ESCAPES[sign]})", at + 2
    if sign in "IC":
        return f"(?:(?!{_ESCAPES[sign.lower()]})[\\s\\S])", at + 2
    if sign.isdigit() and (inside or sign == "0"):
        raise ValueError("no group is named in a class, and none is 0")
    if sign.isdigit() or sign in "nrt\\|.-^?*+{}()[]sSdDwW$":
        return ("\\" + sign), at + 2
    raise ValueError(f"unknown escape {sign}")


def _class(pattern: str, at: int) -> tuple[str, int]:
    """A class in brackets; `[a-z-[aeiou]]` takes one class from another."""
    at += 1
    negated = pattern[at] == "^"
    at += negated
    parts: list[str] = []
    less = ""
    while pattern[at] != "]":
        if pattern.startswith("-[", at):
            less, at = _class(pattern, at + 1)
            continue
        if pattern[at] == "\\":
            text, at = _escape(pattern, at, inside=True)
        elif pattern[at] == "[":
            raise ValueError("an open bracket in a class needs a backslash")
        else:
            text, at = (re.escape(pattern[at]) if pattern[at] in "&~|" else pattern[at]), at + 1
        parts.append(text)
    found = f"[{'^' if negated else ''}{''.join(parts)}]"
    return (f"(?:(?!{less}){found})" if less else found), at + 1


@lru_cache(maxsize=64)
def _category(name: str) -> str:
    """The characters of a Unicode category or of a block that starts with Is, as the inside of a class."""
    if name.startswith("Is"):
        if name != "IsBasicLatin":
            raise ValueError(f"unknown block {name}")
        return "\x00-\x7f"
    spans: list[list[int]] = []
    for code in range(sys.maxunicode + 1):
        if unicodedata.category(chr(code)).startswith(name):
            if spans and spans[-1][1] == code - 1:
                spans[-1][1] = code
            else:
                spans.append([code, code])
    if not spans:
        raise ValueError(f"unknown category {name}")
    return "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in spans)


def _complement(ranges: str) -> str:
    codes = [int(one, 16) for one in re.findall(r"\\U([0-9a-f]{8})", ranges)]
    edges = [0, *(code + (place % 2) - (place % 2 == 0) for place, code in enumerate(codes)), sys.maxunicode]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in pairs if low <= high)


def replacement_of(text: str, groups: int) -> str | None:
    r"""XPath's replacement ($1, \$ and \\) as Python's, None when it is none."""
    out, at = [], 0
    while at < len(text):
        sign, following = text[at], text[at + 1 : at + 2]
        if sign == "\\":
            if following not in ("\\", "$"):
                return None
            out.append("\\\\" if following == "\\" else "$")
            at += 2
        elif sign == "$":
            if not following.isdigit():
                return None
            group, at = int(following), at + 2
            while at < len(text) and text[at].isdigit() and group * 10 + int(text[at]) <= groups:
                group, at = group * 10 + int(text[at]), at + 1
            out.append(f"\\g<{group}>" if group <= groups else "")
        else:
            out.append(sign)
            at += 1
    return "".join(out)
