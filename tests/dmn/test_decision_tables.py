"""Decision tables: hit policies, which rules fired, and that the index of a column finds what its cells say."""

from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orderway.dmn.boxes import Boxes
from orderway.dmn.columns import column
from orderway.dmn.graph import Models
from orderway.dmn.items import Kinds
from orderway.dmn.model import DecisionTable, Input, Output, Rule
from orderway.dmn.reading import DmnError, read
from orderway.dmn.tables import Answer
from orderway.feel import Compiler, read_tests
from orderway.feel.facts import taken

ROWS = [
    ("< 1000", '"A"', '"none"'),
    ("[1000..5000)", '"A", "B"', '"team lead"'),
    (">= 5000", "-", '"board"'),
    ("-", 'not("A", "B")', '"credit"'),
]


def table(policy: str, aggregation: str = "", values: str = "", rows: Any = ROWS, default: str = "") -> Any:
    rules = tuple(Rule(tuple(cells), (output,)) for *cells, output in rows)
    inputs = (Input("net", "number", ""), Input("class", "string", ""))
    made = DecisionTable(inputs, (Output("", "", values, default),), rules, policy, aggregation)
    return Boxes(Kinds((), {}), ()).table(made, ["net", "class"])


@pytest.mark.parametrize(
    ("policy", "net", "letter", "value", "rules"),
    [
        ("U", 999, "A", "none", (1,)),
        ("U", 1000, "B", "team lead", (2,)),
        ("U", 9000, "C", None, (3, 4)),
        ("F", 9000, "C", "board", (3,)),
        ("R", 9000, "C", ["board", "credit"], (3, 4)),
        ("O", 9000, "C", ["credit", "board"], (4, 3)),
        ("P", 9000, "C", "credit", (4,)),
        ("C", 9000, "C", ["board", "credit"], (3, 4)),
        ("A", 9000, "C", None, (3, 4)),
        ("U", 10, "B", None, ()),
    ],
)
def test_the_hit_policy_makes_the_answer_and_tells_the_rules(
    policy: str, net: int, letter: str, value: Any, rules: tuple[int, ...]
) -> None:
    made = table(policy, values='"credit", "board", "team lead", "none"')
    assert made.decide({"net": D(net), "class": letter}) == Answer(value, rules)


@pytest.mark.parametrize(("aggregation", "value"), [("SUM", D(8)), ("MIN", D(3)), ("MAX", D(5)), ("COUNT", D(2))])
def test_a_collecting_table_sums_up(aggregation: str, value: D) -> None:
    rows = [("> 10", "-", "3"), ("> 20", "-", "5"), ("> 30", "-", "7")]
    assert table("C", aggregation, rows=rows).decide({"net": D(25), "class": "A"}) == Answer(value, (1, 2))


def test_a_table_without_a_hit_gives_its_default() -> None:
    made = table("U", default='"ask"')
    assert made.decide({"net": D(10), "class": "B"}) == Answer("ask", ())


CONSTANTS = {
    "number": st.integers(-3, 3).map(str) | st.sampled_from(["0.5", "-0.50", "1e1"]),
    "string": st.sampled_from(['"a"', '"b"', '""', '"ab"']),
    "date": st.integers(1, 5).map(lambda day: f'date("2026-01-0{day}")'),
    "boolean": st.sampled_from(["true", "false"]),
}
NUMBERS = [D(n) / 2 for n in range(-8, 9)] + [D(10), D("0.50")]
SUBJECTS = [
    None,
    True,
    False,
    *NUMBERS,
    "a",
    "b",
    "",
    "ab",
    "zz",
    [D(1)],
    {"a": D(1)},
]


@st.composite
def cells(draw: st.DrawFn) -> list[str]:
    constant = (
        CONSTANTS[draw(st.sampled_from(sorted(CONSTANTS)))] if draw(st.booleans()) else st.one_of(*CONSTANTS.values())
    )
    signs = st.sampled_from(["<", "<=", ">", ">=", "=", "!="])
    one = constant | st.tuples(signs, constant).map(" ".join)
    one |= st.tuples(st.sampled_from("[("), constant, constant, st.sampled_from("])")).map(
        lambda p: f"{p[0]}{p[1]}..{p[2]}{p[3]}"
    )
    some = st.lists(one, min_size=1, max_size=3).map(", ".join)
    cell = some | some.map(lambda text: f"not({text})") | st.just("-") | st.just("null")
    return draw(st.lists(cell, min_size=1, max_size=6))


@example(["<= true"], True)
@given(
    cells(),
    st.sampled_from(SUBJECTS) | st.integers(1, 6).map(lambda day: taken(date(2026, 1, day))),
)
def test_the_index_of_a_column_finds_the_rows_whose_cells_hold(texts: list[str], value: Any) -> None:
    compiler = Compiler()
    trees = [read_tests(text) for text in texts]
    found = column(trees, compiler)(value, {})
    holding = [bool(not tree.tests or compiler.tests(tree)(value, {}) is True) for tree in trees]
    assert [bool(found >> row & 1) for row in range(len(texts))] == holding


def test_a_cell_that_cannot_be_read_is_a_problem_and_lets_nothing_pass() -> None:
    boxes = Boxes(Kinds((), {}), ())
    rules = (Rule(("> 1 >",), ('"x"',)), Rule(("-",), ('"y"',)))
    made = boxes.table(DecisionTable((Input("n", "", ""),), (Output("", "", "", ""),), rules, "U", ""), ["n"])
    assert made.decide({"n": D(5)}) == Answer("y", (2,))
    assert [one.why for one in boxes.problems] == ["'> 1 >': did not expect > (at character 5)"]


def test_a_file_that_is_no_dmn_is_refused() -> None:
    for content in (b"<html/>", b"{}", b'<definitions xmlns="urn:other"/>'):
        with pytest.raises(DmnError):
            read(content)


def test_entities_of_a_file_are_not_resolved() -> None:
    content = (
        b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
        b'<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="n" name="m">'
        b'<decision id="d" name="d"><literalExpression><text>"&x;"</text></literalExpression></decision></definitions>'
    )
    models = Models([read(content)])
    logic = models.of["n"].elements["d"].logic
    assert logic is not None
    assert "/" not in logic.text.strip('"')
    assert len(logic.text) <= len('"&x;"')
