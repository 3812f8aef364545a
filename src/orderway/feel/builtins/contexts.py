"""Functions of contexts. Source: OMG DMN 1.5, clause 10.3.4.9."""

from typing import Any

from ..values import Value
from .registry import builtin


@builtin("get value(m: context, key: string)")
def get_value(m: dict[str, Value], key: str) -> Value:
    """The value of an entry."""
    return m.get(key)


@builtin("get value(m: context, keys: list)")
def get_value_deep(m: dict[str, Value], keys: list[Value]) -> Value:
    """The value of an entry within entries."""
    found: Value = m
    for key in keys:
        found = found.get(key) if isinstance(found, dict) and isinstance(key, str) else None
    return found if keys else None


@builtin("get entries(m: context)")
def get_entries(m: dict[str, Value]) -> Value:
    """Every entry as a context of its key and its value."""
    return [{"key": key, "value": value} for key, value in m.items()]


@builtin("context(entries: list)")
def context(entries: list[Value]) -> Value:
    """The context of a list of entries with key and value; null when a key comes twice."""
    found: dict[str, Value] = {}
    for one in entries:
        if (
            not isinstance(one, dict)
            or not isinstance(one.get("key"), str)
            or "value" not in one
            or one["key"] in found
        ):
            return None
        found[one["key"]] = one["value"]
    return found


@builtin("context put(context: context, key: string, value: any)")
def context_put(of: dict[str, Value], key: str, value: Value) -> Value:
    """The context with an entry set."""
    return {**of, key: value}


@builtin("context put(context: context, keys: list, value: any)")
def context_put_deep(of: dict[str, Value], keys: list[Value], value: Value) -> Value:
    """The context with an entry within entries set."""
    if not keys or not all(isinstance(key, str) for key in keys):
        return None
    if len(keys) == 1:
        return {**of, keys[0]: value}
    inner: Any = of.get(keys[0], {})
    changed = context_put_deep(inner, keys[1:], value) if isinstance(inner, dict) else None
    return None if changed is None else {**of, keys[0]: changed}


@builtin("context merge(contexts: list)")
def context_merge(contexts: list[Value]) -> Value:
    """One context of several; later entries win."""
    found: dict[str, Value] = {}
    for one in contexts:
        if not isinstance(one, dict):
            return None
        found |= one
    return found
