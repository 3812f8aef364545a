"""What "Why not?" tells of acts on one thing, held against a dry run of each act and against its own leaves."""

from collections.abc import Mapping, Sequence
from typing import Any

from orderway.kernel.running import ask, run
from orderway.workflow.acts import Acts


def said(refused: Sequence[Any]) -> list[tuple[str, str]]:
    """Refusals without their subjects, which are rows' places for some commands."""
    return sorted((one.code, str(dict(one.facts))) for one in refused)


def told(
    query: str, judges: Acts[Any], actor: Any, id: int, tries: Mapping[str, tuple[Any, Any]], neutral: Any
) -> dict[str, list[str]]:
    """By command the codes that are told, after each was held against a dry run of the act, as it is done right (command -> who does it,
    the row), and judged anew by the leaves it names alone (the others as in `neutral`, in which no act is refused by them)."""
    leaves, acts = ask(query, actor, id=id)
    assert {one.command for one in acts} == judges.keys() == tries.keys()
    for one in acts:
        who, row = tries[one.command]
        tried = run(one.command, who, [row], dry=True)
        assert said(one.refused) == said(tried.refused), (one.command, leaves)
        known = {name: getattr(leaves, name) for name in one.rests_on}
        identity = {
            name: getattr(leaves, name) for name in ("id", "number", "name", "order_number") if hasattr(leaves, name)
        }
        again = judges[one.command].judge(neutral._replace(**identity, **known))
        assert said(again) == said(one.refused), (one.command, "by its leaves alone")
        assert one.refused or not one.states or leaves.state in one.states
    return {one.command.partition(".")[2]: [no.code for no in one.refused] for one in acts}
