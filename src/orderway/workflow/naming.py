"""What subjects, nodes and labels are called, in the reader's language."""

from collections.abc import Mapping

from django.utils.translation import get_language

from orderway.kernel.context import Reader

from . import facts
from .drawn import Label
from .graph import Graph, Node


def titles_of(ctx: Reader, subjects: set[tuple[str, int]]) -> Mapping[tuple[str, int], str]:
    """What subjects (kind, id) are called, where their trade registered a fact `title`; one statement a kind."""
    titles: dict[tuple[str, int], str] = {}
    for kind in sorted({kind for kind, _ in subjects}):
        ids = [id for one, id in subjects if one == kind]
        found = facts.read_facts(ctx, kind, ids, ["title"])
        titles |= {(kind, id): str(row["title"] or "") for id, row in found.items()}
    return titles


def said(label: Label) -> str:
    """The text of a label."""
    return label.in_language(get_language() or "en")


def name_of(graph: Graph, node: str) -> str:
    """What a node is called; its id where the map no longer has it."""
    found: Node | None = graph.nodes.get(node)
    return said(found.label) if found else node
