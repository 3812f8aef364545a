"""Steps that need no person: commands, scripts and decisions. Refusals and exceptions are errors that the map may catch."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError

from orderway.decisions.deciding import decide as decide_by_table
from orderway.kernel.outcome import Refusal
from orderway.kernel.registry import commands
from orderway.kernel.sql import whole

from .catching import fail
from .conditions import Value
from .decisions import registered
from .drawn import Argument
from .graph import Decide, Node, Script, Step
from .moving import Moving
from .scopes import go_on
from .tokens import Token

log = structlog.get_logger()


def step(move: Moving, node: Node, tokens: Sequence[Token]) -> None:
    """Run a command for the subjects of tokens."""
    if not isinstance(node.does, Step):
        return
    # a subject may stand here twice, by two branches: the step runs once a token, a subject once a round
    rounds: list[dict[int, Token]] = []
    for token in tokens:
        for one in rounds:
            if token.instance.subject not in one:
                one[token.instance.subject] = token
                break
        else:
            rounds.append({token.instance.subject: token})
    for one in rounds:
        _run(move, node.does, [token for token in one.values() if not token.gone])


def _run(move: Moving, step: Step, tokens: Sequence[Token]) -> None:
    if not tokens:
        return
    refused: dict[int | None, list[Refusal]] = defaultdict(list)
    for refusal in _attempt(move, step.command, _rows(move, step, tokens)):
        refused[refusal.subject].append(refusal)
    move.forget()
    for token in tokens:
        why = refused.get(token.instance.subject) or refused.get(None)
        if why is None:
            go_on(move, [token])
            continue
        refusal = why[0]
        words = [str(one.facts["reason"]) for one in why if one.facts.get("reason")]
        token.reason_code, token.reason = refusal.code, "\n".join(words)
        if not fail(move, token, refusal.code):
            token.reason = ""
            move.stick(token, step.command, refusal.code, refusal.facts)


def _rows(move: Moving, step: Step, tokens: Sequence[Token]) -> Mapping[int, Mapping[str, Any]]:
    """The input of a step by subject: its id and the arguments of the drawing."""
    names = frozenset(one.fact or one.field for one in step.arguments if one.value is None)
    given = move.given(tokens, names)
    return {
        token.instance.subject: {
            "id": token.instance.subject,
            **{one.name: _argument(one, given[token.instance.id]) for one in step.arguments},
        }
        for token in sorted(tokens, key=lambda token: token.instance.subject)
    }


def _argument(argument: Argument, given: Mapping[str, Value]) -> Value:
    return argument.value if argument.value is not None else given[argument.fact or argument.field]


def _attempt(move: Moving, name: str, rows: Mapping[int, Mapping[str, Any]]) -> list[Refusal]:
    """Run a step in a savepoint; an exception halves the set down to the subject that raises it."""
    subjects = list(rows)
    read, unfit = commands[name].read([rows[subject] for subject in subjects])
    if unfit:
        wrong = {subjects[refusal.subject or 0]: refusal for refusal in unfit}
        fit = {subject: row for subject, row in rows.items() if subject not in wrong}
        told = [Refusal("invalid", subject, refusal.facts) for subject, refusal in wrong.items()]
        return told + (_attempt(move, name, fit) if fit else [])
    try:
        with whole():
            return list(move.ctx.run(name, read, partial=True).refused)
    except (OperationalError, InterfaceError):
        raise  # the database went away or chose a deadlock victim: the whole move is tried again
    except Exception as error:
        if len(subjects) > 1:
            first, second = subjects[: len(subjects) // 2], subjects[len(subjects) // 2 :]
            return [
                refusal
                for half in (first, second)
                for refusal in _attempt(move, name, {subject: rows[subject] for subject in half})
            ]
        log.warning("step failed", command=name, subject=subjects[0], exc_info=error)
        return [Refusal("broken", subjects[0], {"error": f"{type(error).__name__}: {error}"[:500]})]


def script(move: Moving, node: Node, tokens: Sequence[Token]) -> None:
    """Evaluate an expression for each token and keep what it gives."""
    if not isinstance(node.does, Script):
        return
    expression = node.does.expression
    given = move.given(tokens, expression.names)
    for token in tokens:
        value = expression.value(given[token.instance.id] | {"outcome": token.outcome})
        move.keep(token.instance, node.does.result, value)
    go_on(move, tokens)


def _answers(move: Moving, does: Decide, tokens: Sequence[Token]) -> Sequence[Mapping[str, Any]]:
    """What the decision says of each token: one that is written as a function, else the published table."""
    if does.decision in registered:
        given = move.given(tokens, does.inputs)
        rows = [{**given[token.instance.id], "subject": token.instance.subject} for token in tokens]
        return registered[does.decision].decide(move.ctx, rows)
    subjects = sorted({token.instance.subject for token in tokens})
    found = decide_by_table(move.ctx, does.decision, tokens[0].instance.subject_type, subjects)
    results = [found[token.instance.subject].result for token in tokens]
    return [one if isinstance(one, Mapping) else dict.fromkeys(does.outputs, one) for one in results]


def decide(move: Moving, node: Node, tokens: Sequence[Token]) -> None:
    """Ask a decision for all tokens at once and keep its outputs; one that breaks leaves them stuck."""
    if not isinstance(node.does, Decide):
        return
    does = node.does
    try:
        with whole():
            answers = _answers(move, does, tokens)
    except (OperationalError, InterfaceError):
        raise  # as above
    except Exception as error:
        if len(tokens) > 1:
            decide(move, node, tokens[: len(tokens) // 2])
            decide(move, node, tokens[len(tokens) // 2 :])
            return
        log.warning("decision failed", decision=does.decision, subject=tokens[0].instance.subject, exc_info=error)
        tokens[0].reason_code = "broken"
        if not fail(move, tokens[0], "broken"):
            move.stick(tokens[0], "", "broken", {"error": f"{type(error).__name__}: {error}"[:500]})
        return
    for token, answer in zip(tokens, answers, strict=True):
        for name in sorted(does.outputs):
            move.keep(token.instance, name, answer.get(name))
    go_on(move, tokens)
