"""Extra approvers of one instance: when the map's role has decided a step, they have to agree before it goes on."""

from collections.abc import Mapping, Sequence
from typing import Any

from orderway.kernel.context import Context
from orderway.kernel.sql import statements

from .deadlines import Planned, plan
from .engine import Move
from .rules import Verdict
from .tokens import Token

SQL = statements("workflow", "work")


def agreed_to(
    ctx: Context, move: Move, items: Sequence[Any], given: Mapping[int, Any], verdicts: Mapping[int, Verdict]
) -> list[Token]:
    """The tokens of work items just finished that go on now, in order. The others wait for an extra approver, or come to their step
    again because one of them gave it back."""
    stock = move.stock
    back = {item.token_id: item for item in items if item.extra and verdicts[item.id].sends_back}
    for id, item in back.items():
        token = stock.tokens[id]
        token.reason, token.reason_code, token.reason_by = given[item.id].reason.strip(), "sent-back", ctx.actor.id
        token.outcome, token.changed = "", True
        stock.withdrawn.append(token)  # what others were asked about is decided anew
        move.put(token)
    extras = {item.id: stock.tokens[item.token_id].extras for item in items if not item.extra}
    asked = [item for item in items if extras.get(item.id) and not verdicts[item.id].sends_back]
    if asked:
        _ask(ctx, [(item, person) for item in asked for person in extras[item.id]])
    waiting = {item.token_id for item in asked} | back.keys()
    agreed = [item for item in items if item.extra and item.token_id not in waiting]
    if agreed:
        places = [item.instance_id for item in agreed], [item.token_id for item in agreed]
        waiting |= {row.token_id for row in ctx.within().fetch(SQL.still_asked, instances=places[0], tokens=places[1])}
    going = dict.fromkeys(item.token_id for item in items if item.token_id not in waiting)
    return [stock.tokens[id] for id in going]


def _ask(ctx: Context, asked: Sequence[tuple[Any, int]]) -> None:
    made = ctx.fetch(
        SQL.ask_extra,
        token=[item.token_id for item, _ in asked],
        instance=[item.instance_id for item, _ in asked],
        node=[item.node for item, _ in asked],
        person=[person for _, person in asked],
        due_at=[item.due_at for item, _ in asked],
        by=[ctx.actor.person for _ in asked],
    )
    plan(ctx, [(row.instance_id, row.id, Planned("opened", 0, ctx.at)) for row in made])
