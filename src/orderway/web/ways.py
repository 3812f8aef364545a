"""Ways through a map in words: the first one by its steps, every other one by what it does otherwise."""

from collections.abc import Sequence
from difflib import SequenceMatcher

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

NAMED = 6  # steps of a way that are named before it is cut short
DIFFERENT, ALIKE = (
    3,
    0.5,
)  # in how many places a way may differ from the first one, and how alike they are, before its own steps are told
LONG = 3  # steps done again of which the first and the last are enough


def ways_in_words(ways: Sequence[Sequence[str]]) -> list[dict[str, str]]:
    """A cell a way, of the names of its steps: what it is beside the first one, and all of its steps for who points at it."""
    return [
        {"text": _told(names, ways[0]) if n else steps(names), "title": _joined(names)} for n, names in enumerate(ways)
    ]


def steps(names: Sequence[str]) -> str:
    """The steps of a way in a line; of a long one its first and last."""
    if len(names) <= NAMED:
        return _joined(names)
    left = ngettext("%(n)s more", "%(n)s more", len(names) - NAMED) % {"n": len(names) - NAMED}
    return _joined([*names[: NAMED - 2], left, *names[-2:]])


def _joined(names: Sequence[str]) -> str:
    return " → ".join(name or "…" for name in names) or _("No step at all")


def _told(names: Sequence[str], first: Sequence[str]) -> str:
    beside = SequenceMatcher(None, first, names, autojunk=False)
    moves = [move for tag, *move in beside.get_opcodes() if tag != "equal"]
    if len(moves) > DIFFERENT or beside.ratio() < ALIKE:
        return steps(names)
    said = [_difference(first[i:j], names[k:m], first) for i, j, k, m in moves]
    return _("As way 1, but %(differences)s") % {"differences": "; ".join(said)} if said else _("As way 1")


def _difference(left_out: Sequence[str], done: Sequence[str], first: Sequence[str]) -> str:
    """One place where a way differs."""
    told = {"done": steps(done), "left_out": steps(left_out)}
    if not left_out and set(done) <= set(first):
        named = {"done": told["done"], "first": done[0], "last": done[-1]}
        return (_("%(done)s again") if len(done) < LONG else _("%(first)s to %(last)s again")) % named
    if not left_out:
        return _("with %(done)s") % told
    return (_("%(done)s instead of %(left_out)s") if done else _("without %(left_out)s")) % told
