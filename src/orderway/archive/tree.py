"""The Merkle tree of RFC 6962 section 2.1, as pure functions: what is in the archive, and that it only ever grew.

A tree is only its list of leaf hashes. Every hash a root or a proof needs is that of a range of leaves (`Span`), and
every span is a short row of perfect subtrees (`Node`), so that a caller who keeps the perfect subtrees answers from
O(log n) of them, and one who keeps only the leaves hands over `nodes_of(leaves)`.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

EMPTY_ROOT = hashlib.sha256(b"").digest()


class Span(NamedTuple):
    """The leaves from `start` up to, not including, `stop`."""

    start: int
    stop: int


class Node(NamedTuple):
    """A perfect subtree of 2**level leaves, the `number`-th of its level: leaves number * 2**level and following."""

    level: int
    number: int


NodeHash = Callable[[Node], bytes]


def leaf_hash(data: bytes) -> bytes:
    """Hash of a leaf, 32 bytes: SHA-256 of 0x00 and the data (RFC 6962 section 2.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node, 32 bytes: SHA-256 of 0x01, left and right (RFC 6962 section 2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def _split(size: int) -> int:
    """The largest power of two below `size` (k in RFC 6962); `size` is at least 2."""
    return int(1 << ((size - 1).bit_length() - 1))


def perfect_nodes(span: Span) -> list[Node]:
    """The perfect subtrees whose hashes, folded, give the hash of `span`, from left to right.

    `span` is one that a root or a proof names: it starts at a multiple of the power of two it is cut by.
    """
    nodes: list[Node] = []
    start, left = span.start, span.stop - span.start
    while left:
        level = left.bit_length() - 1
        nodes.append(Node(level, start >> level))
        start, left = start + (1 << level), left - (1 << level)
    return nodes


def span_hash(span: Span, node: NodeHash) -> bytes:
    """MTH of the leaves of `span` (RFC 6962 section 2.1), 32 bytes; `node` gives the hash of a perfect subtree."""
    hashes = [node(each) for each in perfect_nodes(span)]
    if not hashes:
        return EMPTY_ROOT
    folded = hashes.pop()
    while hashes:
        folded = node_hash(hashes.pop(), folded)
    return folded


def root(size: int, node: NodeHash) -> bytes:
    """The root over the first `size` leaves, 32 bytes; of none it is SHA-256 of nothing."""
    return span_hash(Span(0, size), node)


def inclusion_spans(index: int, size: int) -> list[Span]:
    """PATH(index, D[size]) of RFC 6962 section 2.1.1 as spans, from the leaf's neighbour up to the root.

    Raises ValueError when there is no leaf `index` in a tree of `size`.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    spans: list[Span] = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            spans.append(Span(middle, stop))
            stop = middle
        else:
            spans.append(Span(start, middle))
            start = middle
    return spans[::-1]


def consistency_spans(old: int, new: int) -> list[Span]:
    """PROOF(old, D[new]) of RFC 6962 section 2.1.2 as spans; empty where both sizes are the same.

    Raises ValueError unless 0 < old <= new.
    """
    if not 0 < old <= new:
        raise ValueError(f"a tree of {old} leaves cannot have grown to {new}")
    spans: list[Span] = []
    start, stop = 0, new
    while old < stop:
        middle = start + _split(stop - start)
        if old <= middle:
            spans.append(Span(middle, stop))
            stop = middle
        else:
            spans.append(Span(start, middle))
            start = middle
    if start:
        spans.append(Span(start, stop))
    return spans[::-1]


def proof(spans: Iterable[Span], node: NodeHash) -> list[bytes]:
    """The hashes of a proof, 32 bytes each, for the spans that `inclusion_spans` or `consistency_spans` named."""
    return [span_hash(span, node) for span in spans]


def grown(start: int, leaves: Sequence[bytes], node: NodeHash) -> dict[Node, bytes]:
    """The perfect subtrees that come into being when `leaves` (leaf hashes) follow the first `start` ones.

    Holds the leaves themselves as level 0. `node` is asked only for subtrees that existed before: at most one a level.
    """
    made = {Node(0, start + offset): value for offset, value in enumerate(leaves)}
    level, first, stop = 0, start, start + len(leaves)
    while first < stop:
        level, first, stop = level + 1, first >> 1, stop >> 1
        for index in range(first, stop):
            left, right = Node(level - 1, 2 * index), Node(level - 1, 2 * index + 1)
            made[Node(level, index)] = node_hash(made[left] if left in made else node(left), made[right])
    return made


def nodes_of(leaves: Sequence[bytes]) -> NodeHash:
    """All perfect subtrees over the given leaf hashes, to be asked one by one."""
    return grown(0, leaves, _no_earlier_node).__getitem__


def _no_earlier_node(node: Node) -> bytes:
    raise LookupError(f"nothing comes before the first leaf, so {node} was never made")


def included(leaf: bytes, index: int, size: int, path: Sequence[bytes], expected: bytes) -> bool:
    """Whether `path` proves that leaf hash `leaf` is number `index` of the `size` leaves under the root `expected`."""
    if not 0 <= index < size:
        return False
    spans = inclusion_spans(index, size)
    if len(spans) != len(path):
        return False
    value = leaf
    for span, sibling in zip(spans, path, strict=True):
        value = node_hash(sibling, value) if span.start <= index and span.stop <= index else node_hash(value, sibling)
    return value == expected


def consistent(old: int, old_root: bytes, new: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether `path` proves that the tree of `new` leaves holds the tree of `old` leaves unchanged at its start.

    The iterative check of RFC 9162 section 2.1.4.2, which is that of RFC 6962.
    """
    if old == new:
        return old_root == new_root and not path
    if not 0 < old < new or not path:
        return False
    rest = list(path)
    left, last = old - 1, new - 1
    while left & 1:
        left, last = left >> 1, last >> 1
    from_old = from_new = rest.pop(0) if left else old_root
    for value in rest:
        if not last:
            return False
        if left & 1 or left == last:
            from_old, from_new = node_hash(value, from_old), node_hash(value, from_new)
            while left and not left & 1:
                left, last = left >> 1, last >> 1
        else:
            from_new = node_hash(from_new, value)
        left, last = left >> 1, last >> 1
    return not last and from_old == old_root and from_new == new_root
