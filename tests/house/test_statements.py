"""Every statement prepares; none stands in a loop; every command is documented and runs as many for a hundred rows as for one."""

import ast
from collections.abc import Iterator

import growth
import pytest
import source
from django.db import connection, transaction

from orderway.folding import foldable, folded
from orderway.kernel import registry
from orderway.kernel.sql import statements
from orderway.wire import answers, numbered

CALLS = {"fetch", "one", "execute", "run", "record", "record_new", "take"}


def sql_files():
    return [(source.package_of(f), f.stem) for f in sorted(source.SOURCE.rglob("sql/*.sql"))]


@pytest.mark.parametrize(("package", "verb"), sql_files())
@pytest.mark.usefixtures("db")
def test_every_statement_prepares(package, verb):
    for statement in statements(package, verb):
        assert statement.purpose.endswith("."), f"{statement.name} needs a sentence that says what it is for"
        text = statement.text(statement.words, "1")
        if text.startswith("||"):  # a piece of another statement
            continue
        for word, value in growth.TEMPLATES.items():
            text = text.replace(word, value)
        for one in {text, *folds(text)}:
            prepare(one, statement.name)


def folds(text: str) -> Iterator[str]:
    """The text as it travels for a single row, and for many that say the same."""
    able = foldable(text)
    yield folded(text, (*(name for names in able.sets for name in names), *able.asked))
    yield folded(text, tuple(name for names in able.sets for name in names[1:] if name not in able.twice))


def prepare(text: str, name: str) -> None:
    sql = numbered(text).sql.decode()
    if sql.lower().startswith("set "):
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"prepare probe as {sql}")
        cursor.execute("select result_types is not null from pg_prepared_statements where name = 'probe'")
        assert cursor.fetchone() == (answers(text),), f"{name}: does it answer?"
        cursor.execute("deallocate probe")


def test_no_statement_in_a_loop():
    found = []
    for file in source.python_files():
        if (
            file.name not in {"commands.py", "queries.py", "reactions.py"}
            and "commands" not in file.parts
            and source.package_of(file) != "kernel"
        ):
            continue
        lines = file.read_text().splitlines()
        for node in ast.walk(ast.parse("\n".join(lines))):
            bodies = node.body if isinstance(node, ast.For | ast.While) else []
            if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
                bodies = [node.elt, *(g.iter for g in node.generators[1:])]
            for body in bodies:
                for call in ast.walk(body):
                    if isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", "")) in CALLS:
                        near = "".join(lines[call.lineno - 2 : call.end_lineno])
                        if "# one a " not in near:
                            found.append(f"{file.relative_to(source.SOURCE)}:{call.lineno}")
    assert found == [], (
        "a loop round a statement: turn it into one on a set, or say `# one a <kind>` where the count is fixed"
    )


OURS = [name for name in registry.commands if not name.startswith("tests.")]


@pytest.mark.parametrize("name", [*OURS, *registry.queries])
def test_every_verb_is_documented(name):
    entry = registry.commands.get(name) or registry.queries[name]
    assert entry.purpose.endswith(".") or ";" in entry.purpose, (
        f"{name} needs a docstring whose first line says what it does"
    )
    schema = entry.row if name in registry.commands else entry.parameters
    assert schema.__doc__
    assert not schema.__doc__.startswith(f"{schema.__name__}("), f"{schema.__name__} needs a docstring"


def test_every_command_has_a_growth_case():
    assert sorted(OURS) == sorted(growth.CASES)


@pytest.mark.parametrize("name", sorted(growth.CASES))
def test_a_hundred_rows_take_as_many_statements_as_one(shop, name):
    counts = [growth.count_statements(shop, name, n) for n in (1, 100)]
    assert counts[0] == counts[1]


def test_every_reaction_calls_a_command_that_takes_ids():
    strange = [
        r.name
        for r in registry.reactions.values()
        if r.command not in registry.commands or registry.commands[r.command].row is not registry.Ref
    ]
    assert strange == []
