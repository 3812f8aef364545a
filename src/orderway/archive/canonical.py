"""One value, one row of bytes: the canonical JSON that everything hashed in the archive is written in.

RFC 8785 (JSON Canonicalization Scheme) for a smaller vocabulary: texts, lists and objects, nothing else. Numbers are
kept out: a count, a size, a version or an amount is a text of decimal digits, so that no reader's number format (binary
fractions, exponents, 2**53) can give one value two spellings. There is no true, false or null either: what is not known
is left out.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Tree: TypeAlias = "str | Sequence[Tree] | Mapping[str, Tree]"


class NotCanonical(ValueError):
    """The value or the bytes are outside the canonical form; `str()` says where and why."""


def canonical(tree: Tree) -> bytes:
    """The canonical bytes of `tree`, UTF-8 without white space, keys in UTF-16 order (RFC 8785 section 3.2.3).

    Raises NotCanonical for anything but texts, lists and objects, and for texts with lone surrogates.
    """
    text = json.dumps(_ordered(tree, "$"), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8")


def parsed(data: bytes) -> Tree:
    """The value of canonical bytes. Raises NotCanonical where they are not exactly what `canonical` would write."""
    try:
        tree: Tree = json.loads(data.decode("utf-8"))
        spelled = canonical(tree)
    except NotCanonical:
        raise
    except (ValueError, RecursionError) as error:
        raise NotCanonical(f"not readable as JSON: {error}") from error
    if spelled != data:
        raise NotCanonical("the same value is spelled differently from its canonical form")
    return tree


def digest(domain: str, *parts: bytes) -> bytes:
    """SHA-256, 32 bytes, of the line `domain` and the parts: what is hashed as one kind is never valid as another.

    Only the last part may vary in length, so that no two rows of parts give the same bytes.
    """
    return hashlib.sha256(domain.encode("ascii") + b"\n" + b"".join(parts)).digest()


def _ordered(tree: Tree, place: str) -> Tree:
    if isinstance(tree, str):
        return _encodable(tree, place)
    if isinstance(tree, Mapping):
        keys = sorted(tree, key=lambda key: _encodable(key, place).encode("utf-16-be"))
        return {key: _ordered(tree[key], f"{place}.{key}") for key in keys}
    if isinstance(tree, Sequence) and not isinstance(tree, bytes | bytearray | memoryview):
        return [_ordered(each, f"{place}[{position}]") for position, each in enumerate(tree)]
    raise NotCanonical(f"{place}: {type(tree).__name__} has no place here, only texts, lists and objects")


def _encodable(text: object, place: str) -> str:
    if not isinstance(text, str):
        raise NotCanonical(f"{place}: a key must be a text, not {type(text).__name__}")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotCanonical(f"{place}: half of a surrogate pair is not a character") from error
    return text
