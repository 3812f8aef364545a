"""The tree of a FEEL expression. Source: OMG DMN 1.5, clause 10.3.1.2 (the grammar); each node names its rule there."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal, or what a literal that must be computed came to (rules 33 to 41)."""

    value: Any
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Name:
    """A name in scope, spaces made single (rule 26)."""

    name: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Negative:
    """`-of` (rule 25)."""

    of: "Tree"


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """`left sign right` with + - * / ** (rules 19 to 24)."""

    sign: str
    left: "Tree"
    right: "Tree"
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Compare:
    """`left sign right` with = != < <= > >= (rule 51 a)."""

    sign: str
    left: "Tree"
    right: "Tree"
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Between:
    """`of between low and high` (rule 51 b)."""

    of: "Tree"
    low: "Tree"
    high: "Tree"
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class In:
    """`of in tests` (rule 51 c)."""

    of: "Tree"
    tests: tuple["Tree", ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Both:
    """`left and right`, or with `either` `left or right` (rules 49 and 50)."""

    either: bool
    left: "Tree"
    right: "Tree"
    left_at: int = field(default=0, compare=False)
    right_at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """`not part` without brackets: not FEEL, but what people write in conditions; read only when asked for."""

    part: "Tree"
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class InstanceOf:
    """`of instance of kind` (rule 53)."""

    of: "Tree"
    kind: "KindTree"


@dataclass(frozen=True, slots=True)
class Path:
    """`of.name` (rule 45)."""

    of: "Tree"
    name: str


@dataclass(frozen=True, slots=True)
class Filter:
    """`of[by]` (rule 52)."""

    of: "Tree"
    by: "Tree"


@dataclass(frozen=True, slots=True)
class Call:
    """`function(…)` by position, or with `names` by name (rule 40)."""

    function: "Tree"
    arguments: tuple["Tree", ...]
    names: tuple[str, ...] = ()
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class If:
    """`if test then yes else no` (rule 47)."""

    test: "Tree"
    yes: "Tree"
    no: "Tree"


@dataclass(frozen=True, slots=True)
class Walk:
    """`name in source`, or `name in low..high` with `high` (rule 46)."""

    name: str
    source: "Tree"
    high: "Tree | None" = None


@dataclass(frozen=True, slots=True)
class For:
    """`for walks return each` (rule 46)."""

    walks: tuple[Walk, ...]
    each: "Tree"


@dataclass(frozen=True, slots=True)
class Quantified:
    """`every walks satisfies test`, or `some` (rule 48)."""

    every: bool
    walks: tuple[Walk, ...]
    test: "Tree"


@dataclass(frozen=True, slots=True)
class Items:
    """`[a, b]` (rule 56)."""

    items: tuple["Tree", ...]


@dataclass(frozen=True, slots=True)
class Entries:
    """`{a: 1, b: a + 1}` (rule 59)."""

    entries: tuple[tuple[str, "Tree"], ...]


@dataclass(frozen=True, slots=True)
class Span:
    """`[low..high]` and its kin (rule 66)."""

    low: "Tree"
    high: "Tree"
    low_closed: bool
    high_closed: bool


@dataclass(frozen=True, slots=True)
class Beyond:
    """`< end` and its kin as a test or, in brackets, as a range (rule 7)."""

    sign: str
    end: "Tree"


@dataclass(frozen=True, slots=True)
class Definition:
    """`function(names) body`; `kinds` as written, `outside` for an `external` body (rule 57)."""

    names: tuple[str, ...]
    kinds: "tuple[KindTree | None, ...]"
    body: "Tree"
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Tests:
    """Unary tests: one of `tests` holds for `?`, or none with `negated`; no tests is `-` (rules 14 to 18)."""

    tests: tuple["Tree", ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class KindTree:
    """A type as written: a name, or `list<…>`, `range<…>`, `context<…>`, `function<…> -> …` (rule 54)."""

    name: str
    parts: tuple["KindTree", ...] = ()
    names: tuple[str, ...] = ()


Tree = (
    Constant | Name | Negative | Arithmetic | Compare | Between | In | Both | Not | InstanceOf | Path | Filter | Call | If
    | For | Quantified | Items | Entries | Span | Beyond | Definition | Tests
)  # fmt: skip


def within(root: Tree, deepest: int) -> bool:
    """Whether no branch of a tree is longer than `deepest` nodes. It is measured level by level, without recursion."""
    level: list[Any] = [root]
    for _ in range(deepest):
        level = [part for node in level for part in _parts(node)]
        if not level:
            return True
    return False


def _parts(node: Any) -> Iterator[Any]:
    inside = [getattr(node, one.name) for one in fields(node)] if is_dataclass(node) else node
    for part in inside:
        if isinstance(part, tuple) or (is_dataclass(part) and not isinstance(node, Constant)):
            yield part
