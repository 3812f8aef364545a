"""Random maps of blocks, every way through them by plain enumeration, and the maps as BPMN: the slow side of the tests on fitting."""

from collections.abc import Iterator
from itertools import product
from typing import Any

from hypothesis import strategies as st

Way = tuple[str, ...]
HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p" name="P">'


def _wider(block: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.tuples(st.just("then"), block, block),
        st.tuples(st.just("one"), block, block),
        st.tuples(st.just("both"), block, block),
        st.tuples(st.just("some"), block, block),
        st.tuples(st.just("again"), block),
        st.tuples(st.just("maybe"), block),
        st.tuples(st.just("inside"), block),
        st.tuples(st.just("many"), st.just(("step",))),
    )


BLOCKS = st.recursive(st.just(("step",)), _wider, max_leaves=5)


class Drawing:
    """Blocks drawn as BPMN; steps are called Step 1, Step 2 … in the order they are drawn."""

    def __init__(self, block: Any) -> None:
        self.parts: list[str] = []
        self.count = self.steps = 0
        self.named: dict[int, str] = {}
        self.block = self._named(block)
        begin = self.add("startEvent")
        self.flow(self.draw(self.block, begin), self.add("endEvent"))
        self.xml = f"{HEAD}{''.join(self.parts)}</process></definitions>".encode()

    def _named(self, block: Any) -> Any:
        if block == ("step",):
            self.steps += 1
            return ("step", f"Step {self.steps}")
        return (block[0], *(self._named(one) for one in block[1:]))

    def add(self, kind: str, name: str = "", inner: str = "") -> str:
        self.count += 1
        id = f"n{self.count}"
        self.parts.append(f'<{kind} id="{id}" name="{name}">{inner}</{kind}>')
        return id

    def flow(self, source: str, target: str) -> str:
        self.count += 1
        self.parts.append(f'<sequenceFlow id="f{self.count}" sourceRef="{source}" targetRef="{target}"/>')
        return target

    def draw(self, block: Any, source: str) -> str:
        match block:
            case ("step", name):
                return self.flow(source, self.add("task", name))
            case ("many", ("step", name)):
                return self.flow(source, self.add("userTask", name, "<multiInstanceLoopCharacteristics/>"))
            case ("then", first, second):
                return self.draw(second, self.draw(first, source))
            case ("one" | "both" | "some" as kind, first, second):
                gateway = {"one": "exclusive", "both": "parallel", "some": "inclusive"}[kind] + "Gateway"
                fork, join = self.flow(source, self.add(gateway)), self.add(gateway)
                self.flow(self.draw(first, fork), join)
                return self.flow(self.draw(second, fork), join)
            case ("maybe", inner):
                fork, join = self.flow(source, self.add("exclusiveGateway")), self.add("exclusiveGateway")
                self.flow(fork, join)
                return self.flow(self.draw(inner, fork), join)
            case ("again", inner):
                begin, end = self.flow(source, self.add("exclusiveGateway")), self.add("exclusiveGateway")
                self.flow(self.draw(inner, begin), end)
                self.flow(end, begin)
                return end
            case ("inside", inner):
                outer, self.parts = self.parts, []
                begin = self.add("startEvent")
                self.flow(self.draw(inner, begin), self.add("endEvent"))
                inside, self.parts = "".join(self.parts), outer
                return self.flow(source, self.add("subProcess", "", inside))
        raise ValueError(block)


def ways(block: Any, longest: int) -> set[Way]:
    """Every way through a block with at most so many steps, by enumeration."""
    match block:
        case ("step", name):
            return {(name,)} if longest else set()
        case ("many", ("step", name)):
            return {(name,) * n for n in range(1, longest + 1)}
        case ("then", first, second):
            return {a + b for a, b in product(ways(first, longest), ways(second, longest)) if len(a + b) <= longest}
        case ("one", first, second):
            return ways(first, longest) | ways(second, longest)
        case ("both", first, second):
            return _shuffled(ways(first, longest), ways(second, longest), longest)
        case ("some", first, second):
            left, right = ways(first, longest), ways(second, longest)
            return left | right | _shuffled(left, right, longest)
        case ("maybe", inner):
            return ways(inner, longest) | {()}
        case ("inside", inner):
            return ways(inner, longest)
        case ("again", inner):
            once = found = ways(inner, longest)
            while more := {a + b for a, b in product(found, once) if len(a + b) <= longest} - found:
                found = found | more
            return found
    raise ValueError(block)


def _shuffled(left: set[Way], right: set[Way], longest: int) -> set[Way]:
    return {one for a, b in product(left, right) if len(a + b) <= longest for one in _mixed(a, b)}


def _mixed(a: Way, b: Way) -> Iterator[Way]:
    if not a or not b:
        yield a + b
        return
    yield from ((a[0], *rest) for rest in _mixed(a[1:], b))
    yield from ((b[0], *rest) for rest in _mixed(a, b[1:]))


def distance(a: Way, b: Way) -> int:
    """How many steps have to be put in or taken out to make one way the other (by the longest common part)."""
    before = list(range(len(b) + 1))
    for i, one in enumerate(a, 1):
        now = [i]
        for j, other in enumerate(b, 1):
            now.append(before[j - 1] if one == other else 1 + min(before[j], now[j - 1]))
        before = now
    return before[-1]
