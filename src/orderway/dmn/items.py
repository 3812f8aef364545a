"""The types of a model as kinds of FEEL. Source: OMG DMN 1.5, clause 7.3.3 and 10.3.2.9; allowed values by clause 7.3.4."""

from collections.abc import Callable, Iterator, Mapping

from ..feel import Compiler, FeelError, Kind, Value, read_tests
from ..feel.kinds import ANY, simple
from .model import ItemDefinition


class Kinds(dict[str, Kind]):
    """The kinds of a model by name, those of an imported one behind its name and a dot; made when first asked for."""

    def __init__(self, items: tuple[ItemDefinition, ...], imported: Mapping[str, "Kinds"]) -> None:
        super().__init__()
        self.problems: list[str] = []
        self._items = {one.name: one for one in items}
        for name in self._items:
            self.of(name)
        for prefix, kinds in imported.items():
            self.update({f"{prefix}.{name}" if prefix else name: kind for name, kind in kinds.items()})

    def of(self, name: str) -> Kind | None:
        """The kind of a type's name; None where none is named or nobody knows it."""
        if name not in self and name in self._items:
            self[name] = ANY  # a type within itself ends here
            self[name] = self._made(self._items[name])
        return self.get(name) or simple(name)

    def _made(self, item: ItemDefinition) -> Kind:
        if item.function is not None:
            taken, gives = item.function
            kind = Kind("function", (*((self.of(one) or ANY) for one in taken), self.of(gives) or ANY))
        elif item.components:
            kind = Kind(
                "context", tuple(self._made(one) for one in item.components), tuple(i.name for i in item.components)
            )
        else:
            kind = self.of(item.of) or ANY
        if item.allowed:
            of_each = kind.name == "list" and not item.is_list and kind.parts
            kind = (
                Kind("list", (self._limited(kind.parts[0], item.allowed),))
                if of_each
                else self._limited(kind, item.allowed)
            )
        kind = Kind("list", (kind,)) if item.is_list else kind
        return self._limited(kind, item.constraint) if item.constraint else kind

    def _limited(self, kind: Kind, tests: str) -> Kind:
        try:
            test = Compiler().tests(read_tests(tests))
        except FeelError as wrong:
            self.problems.append(f"allowed values {tests!r}: {wrong}")
            return kind
        return Kind(kind.name, kind.parts, kind.names, _and(kind.test, lambda value: test(value, {}) is True))


def _and(first: Callable[[Value], bool] | None, second: Callable[[Value], bool]) -> Callable[[Value], bool]:
    return second if first is None else lambda value: first(value) and second(value)


def member_names(items: tuple[ItemDefinition, ...]) -> Iterator[str]:
    """Every name of a component, which may follow a dot."""
    for one in items:
        for component in one.components:
            yield component.name
        yield from member_names(one.components)
