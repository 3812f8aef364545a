"""What a command's code says of itself: the refusals it may answer, the events it records, the commands it calls."""

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import FunctionType, ModuleType
from typing import Any

from orderway.kernel.registry import commands, queries

_EVENT = re.compile(r"[a-z_]+\.[a-z_]+(-[a-z_]+)*")
_FILES = (".json", ".typ", ".sql", ".pdf", ".csv", ".zip", ".eml", ".xml", ".txt", ".md")
_JUDGED = ("Refusal", "Verdict")
_NO_EVENTS = frozenset({"name", "task_name", "queue", "key"})  # keyword arguments that hold names of other kinds


@dataclass(frozen=True, slots=True)
class Found:
    """Refusal codes, event names and called commands, each sorted."""

    refusals: tuple[str, ...]
    events: tuple[str, ...]
    calls: tuple[str, ...]


@cache
def found(work: Callable[..., Any]) -> Found:
    """Read the source of `work` and of every function of ours that it uses.

    What a command of a lower floor refuses does not count: its caller has made that impossible. Events count wherever they
    are recorded.
    """
    refusals: set[str] = set()
    events: set[str] = set()
    calls: set[str] = set()
    for function in _reached(work):
        events |= set(_events(_tree(function)))
        calls |= set(_calls(_tree(function), function))
    package = _package(work.__module__)
    elsewhere = {command.work for command in commands.values() if _package(command.work.__module__) != package}
    for function in _reached(work, elsewhere):
        refusals |= set(_refusals(_tree(function)))
    return Found(tuple(sorted(refusals)), tuple(sorted(events)), tuple(sorted(calls)))


def _package(module: str) -> str:
    return module.removeprefix("orderway.").split(".")[0]


def _reached(work: Callable[..., Any], stop: Collection[Callable[..., Any]] = ()) -> set[FunctionType]:
    """`work` and the functions outside the kernel that it leads to, not looking into those of `stop`."""
    seen: set[FunctionType] = set()
    waiting = [work]
    while waiting:
        function = waiting.pop()
        if isinstance(function, FunctionType) and function not in seen and function not in stop:
            seen.add(function)
            waiting += _used(function)
    return seen


def _used(function: FunctionType) -> Iterator[Callable[..., Any]]:
    names = _names(function)
    for node in ast.walk(_tree(function)):
        thing: Any = None
        if isinstance(node, ast.Name):
            thing = names.get(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            owner = names.get(node.value.id)
            thing = getattr(owner, node.attr, None) if isinstance(owner, ModuleType) else None
        if isinstance(thing, FunctionType) and _is_ours(thing.__module__):
            yield thing


def _names(function: FunctionType) -> Mapping[str, Any]:
    """What names mean inside a function, its own variables left out."""
    own = {*function.__code__.co_varnames, *function.__code__.co_cellvars}
    known = {**function.__globals__, **inspect.getclosurevars(function).nonlocals}
    return {name: thing for name, thing in known.items() if name not in own}


def _is_ours(module: str) -> bool:
    return module.startswith("orderway.") and not module.startswith("orderway.kernel.")


@cache
def _tree(function: FunctionType) -> ast.AST:
    """The body of a function without its decorators and docstring."""
    (node,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    if not isinstance(node, ast.FunctionDef):
        return node
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return ast.Module(body, [])


def _refusals(tree: ast.AST) -> Iterator[str]:
    """The codes given to `Refusal`, and to the verdicts of rules that become one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and isinstance(node.func, ast.Name) and node.func.id in _JUDGED:
            yield from _constants(node.args[0])


def _events(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        parts: list[ast.expr] = []
        if isinstance(node, ast.Call):
            parts = [*node.args, *(k.value for k in node.keywords if k.arg not in _NO_EVENTS)]
        elif isinstance(node, ast.Dict):
            parts = [key for key in node.keys if key]
        for text in (text for part in parts for text in _constants(part)):
            if _EVENT.fullmatch(text) and text not in commands and text not in queries and not text.endswith(_FILES):
                yield text


def _calls(tree: ast.AST, function: FunctionType) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and ast.unparse(node.func).endswith(".run"):
            yield from (name for name in _constants(node.args[0], _names(function)) if name in commands)


def _constants(node: ast.AST, names: Mapping[str, Any] | None = None) -> Iterator[str]:
    """The texts an argument may be: a constant, one of two, or a name that stands for one."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _constants(node.body, names)
        yield from _constants(node.orelse, names)
    elif isinstance(node, ast.Name) and names and isinstance(names.get(node.id), str):
        yield names[node.id]
