"""The cases of the DMN TCK: reading them, running them, judging them. Source: the TCK's testCases.xsd (github.com/dmn-tck/tck)."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal

from lxml import etree

from ..feel import Value, clock
from ..feel.comparing import equal
from ..feel.temporal import temporal
from ..feel.values import DateTime, number
from . import model
from .graph import Models, Run
from .reading import DmnError, read

_NULL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
NEAR = Decimal("0.00000001")
"""How far a number may be from the expected one: the TCK's own runner allows as much."""


@dataclass(frozen=True, slots=True)
class Given:
    """An input of a case."""

    namespace: str
    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class Wanted:
    """A result a case expects of a decision; `error` when null by an error is expected."""

    name: str
    value: Value
    error: bool


@dataclass(frozen=True, slots=True)
class Case:
    """One test case; `service` is the decision service it calls, or nothing."""

    id: str
    service: str
    inputs: tuple[Given, ...]
    results: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a case passed, and whether it expects anything but null."""

    name: str
    passed: bool
    is_null: bool


def cases_in(content: bytes) -> tuple[str, list[Case]]:
    """The name of the model a test file is about, and its cases."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    root = etree.fromstring(content, parser)
    cases = []
    for one in _children(root, "testCase"):
        service = one.get("invocableName", "") if one.get("type") == "decisionService" else ""
        inputs = tuple(Given(i.get("namespace", ""), i.get("name", ""), _value(i)) for i in _children(one, "inputNode"))
        results = tuple(
            Wanted(
                result.get("name", ""),
                next((_value(inner) for inner in _children(result, "expected")), None),
                result.get("errorResult") == "true",
            )
            for result in _children(one, "resultNode")
        )
        cases.append(Case(one.get("id", ""), service, inputs, results))
    named = next(iter(_children(root, "modelName")), None)
    return (named.text or "").strip() if named is not None else "", cases


def _children(of: etree._Element, name: str) -> list[etree._Element]:
    return [one for one in of if etree.QName(one).localname == name]


def _value(of: etree._Element) -> Value:
    """What stands in an input, a component, an item or an expectation."""
    for one in of:
        match etree.QName(one).localname:
            case "value":
                return None if one.get(_NULL) == "true" else _plain(one)
            case "list":
                return None if one.get(_NULL) == "true" else [_value(item) for item in _children(one, "item")]
            case "component":
                return {
                    part.get("name", ""): None if part.get(_NULL) == "true" else _value(part)
                    for part in _children(of, "component")
                }
    return None


def _plain(of: etree._Element) -> Value:
    text = of.text or ""
    kind = (of.get(_TYPE) or "string").rpartition(":")[2]
    match kind:
        case "string":
            return text
        case "boolean":
            return text.strip() in ("true", "1")
        case "decimal" | "integer" | "int" | "double" | "float" | "long":
            return number(text.strip())
        case _:
            return temporal(text.strip())


def run_folder(models: list[bytes], tests: list[tuple[str, bytes]], now: DateTime) -> Iterator[Verdict]:
    """Run all test files of one folder on its models; `now` is what `now()` answers. Cases are named file: id."""
    known = Models(_readable(models))
    given = clock(now)
    for file, content in tests:
        model_name, cases = cases_in(content)
        namespace = _namespace(known, model_name)
        for case in cases:
            yield _verdict(known, namespace, f"{file}: {case.id}", case, given)


def _readable(models: list[bytes]) -> Iterator[model.Definitions]:
    for one in models:
        with suppress(DmnError):  # what asks for a model that is none is judged wrong below
            yield read(one)


def is_test(content: bytes) -> bool:
    """Whether an XML file holds cases of the TCK."""
    return b"testCases" in content[:2_000]


def _namespace(models: Models, name: str) -> str:
    plain = name.removesuffix(".dmn")
    found = [space for space, one in models.of.items() if one.name == plain]
    if found:
        return found[0]
    imported = {space for one in models.of.values() for _, space in one.imports}
    return next((space for space in models.of if space not in imported), next(iter(models.of), ""))


def _verdict(models: Models, namespace: str, name: str, case: Case, given: dict[str, Value]) -> Verdict:
    run = Run(given=given)
    for one in case.inputs:
        models.give(run, one.namespace, one.name, one.value)
    passed = namespace in models.of and all(
        alike(_result(models, namespace, run, case, one), one.value) for one in case.results
    )
    return Verdict(name, passed, all(one.value is None for one in case.results))


def _result(models: Models, namespace: str, run: Run, case: Case, wanted: Wanted) -> Value:
    definitions = models.of[namespace]
    if case.service:
        service = definitions.named(case.service, model.Service)
        return _served(models, namespace, run, service, case, wanted) if isinstance(service, model.Service) else None
    element = definitions.named(wanted.name, model.Decision) or definitions.named(wanted.name, model.Service)
    if element is None:
        return None
    return models.value(run, (namespace, element.id))


def _served(models: Models, namespace: str, run: Run, service: model.Service, case: Case, wanted: Wanted) -> Value:
    function = models.value(run, (namespace, service.id))
    by_name = {one.name: one.value for one in case.inputs}
    if not set(function.names) <= set(by_name):
        return None
    found = function.invoke([by_name[name] for name in function.names])
    return found.get(wanted.name) if len(service.outputs) > 1 and isinstance(found, dict) else found


def alike(found: Value, wanted: Value) -> bool:
    """Whether a result is the expected one: numbers nearly, everything else exactly."""
    if isinstance(wanted, Decimal) and isinstance(found, Decimal):
        return abs(found - wanted) <= NEAR * max(Decimal(1), abs(wanted))
    if isinstance(wanted, list) and isinstance(found, list):
        return len(found) == len(wanted) and all(alike(a, b) for a, b in zip(found, wanted, strict=True))
    if isinstance(wanted, dict) and isinstance(found, dict):
        return found.keys() == wanted.keys() and all(alike(found[key], wanted[key]) for key in wanted)
    return type(found) is type(wanted) and equal(found, wanted) is True
