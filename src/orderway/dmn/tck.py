"""The cases of the DMN TCK: reading them, running them, judging them. Source: the TCK's testCases.xsd (github.com/dmn-tck/tck)."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

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
CALLED = ("decisionService", "bkm")
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
    """One test case; `called` is the decision service or the knowledge model it calls, or nothing."""

    id: str
    called: str
    inputs: tuple[Given, ...]
    results: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a case passed, and whether it expects anything but null."""

    name: str
    passed: bool
    is_null: bool


def cases_in(root: etree._Element) -> tuple[str, list[Case]]:
    """The name of the model a test file is about, and its cases."""
    cases = []
    for one in _children(root, "testCase"):
        called = one.get("invocableName", "") if one.get("type") in CALLED else ""
        inputs = tuple(Given(i.get("namespace", ""), i.get("name", ""), _value(i)) for i in _children(one, "inputNode"))
        results = tuple(
            Wanted(
                result.get("name", ""),
                next((_value(inner) for inner in _children(result, "expected")), None),
                result.get("errorResult") == "true",
            )
            for result in _children(one, "resultNode")
        )
        cases.append(Case(one.get("id", ""), called, inputs, results))
    named = next(iter(_children(root, "modelName")), None)
    return (named.text or "").strip() if named is not None else "", cases


def _root(content: bytes) -> etree._Element | None:
    """The root of an XML file; None for what is no XML."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


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
            with suppress(InvalidOperation):
                return found if (found := number(text.strip())).is_finite() else None
            return None  # what is no number is none
        case _:
            return temporal(text.strip())


def run_folder(models: Mapping[str, bytes], tests: Sequence[tuple[str, bytes]], now: DateTime) -> Iterator[Verdict]:
    """Run all test files of one folder on its models (by the name of the file); `now` is what `now()` answers. Cases are named file: id;
    a test file that is no XML is one case that failed."""
    read_models = dict(_readable(models))
    compiled: dict[str, Models] = {}
    given = clock(now)
    for file, content in tests:
        root = _root(content)
        if root is None:
            yield Verdict(f"{file}: no well-formed XML", passed=False, is_null=False)
            continue
        model_name, cases = cases_in(root)
        about = _about(models, read_models, model_name)
        if about and about not in compiled:
            compiled[about] = Models(_with_imported(read_models, about))
        for case in cases:
            namespace = read_models[about].namespace if about else ""
            yield _verdict(compiled.get(about), namespace, f"{file}: {case.id}", case, given)


def _readable(models: Mapping[str, bytes]) -> Iterator[tuple[str, model.Definitions]]:
    for name, content in models.items():
        with suppress(DmnError):  # what asks for a model that is none is judged wrong
            yield name, read(content)


def is_test(content: bytes) -> bool:
    """Whether an XML file holds cases of the TCK, or is a broken one that should."""
    root = _root(content)
    return b"testCases" in content[:2_000] if root is None else etree.QName(root).localname == "testCases"


def _about(files: Mapping[str, bytes], models: Mapping[str, model.Definitions], name: str) -> str:
    """The file that a test names: by the file's name, else by the model's own; else, where it names none that is here, the first that no
    other imports. "" when that is no model, and when there is none."""
    plain = name.removesuffix(".dmn")
    if plain in files:
        return plain if plain in models else ""
    imported = {space for one in models.values() for _, space in one.imports}
    called = [file for file, one in models.items() if one.name == plain]
    alone = [file for file, one in models.items() if one.namespace not in imported]
    return next(iter([*called, *alone, *models]), "")


def _with_imported(models: Mapping[str, model.Definitions], file: str) -> list[model.Definitions]:
    """A model with those it imports, at whatever depth. Files of one folder may share a namespace: only one of each is taken."""
    wanted = {models[file].namespace: models[file]}
    ahead = [models[file]]
    while ahead:
        for _, space in ahead.pop().imports:
            found = next((one for one in models.values() if one.namespace == space), None)
            if found is not None and space not in wanted:
                wanted[space] = found
                ahead.append(found)
    return list(wanted.values())


def _verdict(models: Models | None, namespace: str, name: str, case: Case, given: dict[str, Value]) -> Verdict:
    is_null = all(one.value is None for one in case.results)
    if models is None:
        return Verdict(name, passed=False, is_null=is_null)
    run = Run(given=given)
    for one in case.inputs:
        models.give(run, one.namespace, one.name, one.value)
    passed = all(alike(_result(models, namespace, run, case, one), one.value) for one in case.results)
    return Verdict(name, passed, is_null)


def _result(models: Models, namespace: str, run: Run, case: Case, wanted: Wanted) -> Value:
    definitions = models.of[namespace]
    if case.called:
        called = definitions.named(case.called, model.Service) or definitions.named(case.called, model.Knowledge)
        if not isinstance(called, model.Service | model.Knowledge):
            return None
        return _called(models, namespace, run, called, case, wanted)
    element = definitions.named(wanted.name, model.Decision) or definitions.named(wanted.name, model.Service)
    if element is None:
        return None
    return models.value(run, (namespace, element.id))


def _called(
    models: Models, namespace: str, run: Run, called: model.Service | model.Knowledge, case: Case, wanted: Wanted
) -> Value:
    function = models.value(run, (namespace, called.id))
    by_name = {one.name: one.value for one in case.inputs}
    if function is None or not set(function.names) <= set(by_name):
        return None
    found = function.invoke([by_name[name] for name in function.names])
    several = isinstance(called, model.Service) and len(called.outputs) > 1
    return found.get(wanted.name) if several and isinstance(found, dict) else found


def alike(found: Value, wanted: Value) -> bool:
    """Whether a result is the expected one: numbers nearly, everything else exactly."""
    if isinstance(wanted, Decimal) and isinstance(found, Decimal):
        return abs(found - wanted) <= NEAR * max(Decimal(1), abs(wanted))
    if isinstance(wanted, list) and isinstance(found, list):
        return len(found) == len(wanted) and all(alike(a, b) for a, b in zip(found, wanted, strict=True))
    if isinstance(wanted, dict) and isinstance(found, dict):
        return found.keys() == wanted.keys() and all(alike(found[key], wanted[key]) for key in wanted)
    return type(found) is type(wanted) and equal(found, wanted) is True
