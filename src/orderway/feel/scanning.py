"""The text of an expression and where the reader is in it; names with spaces are found by what is in scope.

Source: OMG DMN 1.5, clause 10.3.1.2, rules 26 to 36 and 60 to 61; clause 10.3.1.4 says that names in scope decide where a name ends:
the longest known name that fits is taken.
"""

import re
from collections.abc import Iterable
from itertools import pairwise

NAME_START = r"[^\W\d]|[?_\U00010000-\U000EFFFF\u200C\u200D\u2070-\u218F\u2C00-\u2FEF]"
NAME_PART = rf"(?:{NAME_START}|[\d\u00B7\u0300-\u036F])"
_WORD = re.compile(rf"(?:{NAME_START}){NAME_PART}*")
_SKIP = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_PARTS = re.compile(rf"{NAME_PART}+|[^\s]")
_SIGNS = re.compile(r"\*\*|<=|>=|!=|->|\.\.|[-+*/=<>()\[\]{}.,:@]")
_PART = re.compile(NAME_PART)
LONGEST, DEEPEST = 100_000, 60
LONGEST_BRANCH = 200
"""Nodes from the root of a tree to a leaf: `1 + 1 + …` grows one with each sign, and each is a call when it is computed."""
MOVES, MOVES_A_SIGN = 10_000, 5
"""How often the reader may go forward: a bracket is read twice where the first reading fails, and so are the brackets inside it."""


class FeelError(ValueError):
    """The text is no expression; `why` says what is wrong and `at` the character where (from 0)."""

    def __init__(self, why: str, at: int) -> None:
        super().__init__(f"{why} (at character {at + 1})")
        self.why, self.at = why, at


def spaced(name: str) -> str:
    """A name with each run of white space as one space, as names are compared."""
    return " ".join(name.split())


class Names:
    """The names in scope, found in a text longest first."""

    def __init__(self, names: Iterable[str] = (), up: "Names | None" = None) -> None:
        self.up = up
        self._by_first: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Put one more name in scope."""
        parts = _PARTS.findall(name)
        if not parts:
            return
        pattern = re.escape(parts[0])
        for before, part in pairwise(parts):
            both_words = bool(_PART.match(before[-1]) and _PART.match(part[0]))
            pattern += (r"\s+" if both_words else r"\s*") + re.escape(part)
        if _PART.match(parts[-1][-1]):
            pattern += rf"(?!{NAME_PART})"
        known = self._by_first.setdefault(parts[0], [])
        known.append((spaced(name), re.compile(pattern)))
        known.sort(key=lambda one: -len(one[0]))

    def at(self, text: str, place: int) -> tuple[str, int] | None:
        """The longest name in scope at `place` and where it ends."""
        first = _PARTS.match(text, place)
        scope: Names | None = self
        best: tuple[str, int] | None = None
        while first and scope is not None:
            for name, pattern in scope._by_first.get(first.group(), ()):
                if (found := pattern.match(text, place)) and (best is None or found.end() > best[1]):
                    best = (name, found.end())
            scope = scope.up
        return best


class Scanner:
    """A place in a text, moved forward by what is taken."""

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST:
            raise FeelError(f"longer than {LONGEST} characters", LONGEST)
        self.text, self.depth = text, 0
        self.moves_left = MOVES + MOVES_A_SIGN * len(text)
        self.end = len(text.rstrip())
        self.at = self._after_space(0)

    def _after_space(self, place: int) -> int:
        found = _SKIP.match(self.text, place)
        return found.end() if found else place

    def move(self, place: int) -> None:
        """Go on at `place` and skip white space and comments."""
        self.moves_left -= 1
        if self.moves_left < 0:
            raise FeelError("too involved", place)
        self.at = self._after_space(place)

    @property
    def over(self) -> bool:
        """Whether the text is read to its end."""
        return self.at >= len(self.text)

    def sign(self) -> str:
        """The sign at this place, or nothing."""
        found = _SIGNS.match(self.text, self.at)
        return found.group() if found else ""

    def word(self) -> str:
        """The single word at this place, or nothing."""
        found = _WORD.match(self.text, self.at)
        return found.group() if found else ""

    def take(self, wanted: str) -> bool:
        """Take a sign or a word when it stands here."""
        here = self.word() if wanted[0].isalpha() else self.sign()
        if here != wanted:
            return False
        self.move(self.at + len(wanted))
        return True

    def take_words(self, *words: str) -> bool:
        """Take several words in a row, or none of them."""
        start = self.at
        if all(self.take(word) for word in words):
            return True
        self.at = start
        return False

    def must(self, wanted: str) -> None:
        """Take it, or say what stands here instead."""
        if not self.take(wanted):
            raise FeelError(f"expected {wanted!r}, found {self.here()}", self.at)

    def here(self) -> str:
        """What stands here, for an error."""
        if self.over:
            return "the end"
        return self.word() or self.sign() or self.text[self.at]

    def matching(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The match of a pattern at this place; nothing is taken."""
        return pattern.match(self.text, self.at)
