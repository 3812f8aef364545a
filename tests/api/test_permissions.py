"""Every command and query × every wrong role × another company, from the registry: what is added tomorrow is asked tomorrow."""

from collections.abc import Iterator
from typing import Any

import pytest
from calling import Program, codes, token_for
from django.db import connection

from orderway.api.answers import rows_of
from orderway.api.document import document, example
from orderway.api.schemas import parameters_of, question_of, required_of
from orderway.kernel.access import ROLES, system_actor
from orderway.kernel.registry import commands, queries
from orderway.kernel.running import ask, run
from orderway.people.commands import AdmitPerson
from orderway.people.queries import actor_of

OURS = 1  # company 1 was filled first: the first row of every table is ours
NOBODYS = 2**40


@pytest.mark.parametrize("role", ROLES)
def test_a_wrong_role_is_refused_before_its_rows_are_looked_at(shop, role):
    program = Program(token_for(shop.people[role]))
    for name, command in commands.items():
        if role not in command.roles:
            assert program.post(name, "no row at all").status_code == 403, name
    for name, query in queries.items():
        if role not in query.roles:
            assert program.get(name, nothing="fits").status_code == 403, name


@pytest.mark.parametrize("role", ROLES)
def test_a_right_role_is_let_in(shop, role):
    program = Program(token_for(shop.people[role]))
    for name, command in commands.items():
        if role in command.roles:
            assert program.post(name, "no row at all").status_code == 422, name
    for name, query in queries.items():
        if role in query.roles:
            assert program.get(name, nothing="fits").status_code == 422, name


@pytest.fixture
def neighbour(shop):
    """Somebody of the other company who holds every role there."""
    (id,) = run("people.admit", system_actor(2), [AdmitPerson("all@nachbar.example", "All", list(ROLES))]).done
    return actor_of(id, 2)


def with_ids(value: Any, id: int) -> Any:
    """The same row with every whole number put to `id`, but for days, which are no ids."""
    if isinstance(value, dict):
        return {key: part if key == "days" else with_ids(part, id) for key, part in value.items()}
    if isinstance(value, list):
        return [with_ids(part, id) for part in value]
    return id if type(value) is int else value


def examples() -> Iterator[tuple[str, Any]]:
    described = document()
    for item in described["paths"].values():
        if "post" in item and "application/json" in item["post"]["requestBody"]["content"]:
            post = item["post"]
            yield post["operationId"], post["requestBody"]["content"]["application/json"]["example"]["rows"][0]


def test_another_company_s_rows_look_as_if_they_did_not_exist(shop, neighbour, order):
    ours = Program(token_for(shop.manager))
    with connection.cursor() as cursor:
        cursor.execute("select setval('sales_order_id_seq', 1, false)")
    assert ours.post("orders.place", order()).json()["done"] == [OURS]
    program = Program(token_for(neighbour))
    asked = 0
    for name, row in examples():
        if with_ids(row, OURS) != with_ids(row, NOBODYS):
            answers = [program.post(name, with_ids(row, id), query="?dry=true") for id in (OURS, NOBODYS)]
            seen = [(answer.status_code, [code for code, _ in codes(answer)]) for answer in answers]
            assert seen[0] == seen[1], name
            asked += seen[0][0] == 422
    assert asked > 10  # most of them are about a row, and were refused


def ids_in(result: Any) -> set[int]:
    """The ids of the rows of an answer."""
    answer = rows_of(result)
    rows = answer["rows"] if isinstance(answer, dict) and "rows" in answer else [answer or {}]
    return {row["id"] for row in rows if isinstance(row, dict) and "id" in row}


def test_no_query_shows_another_company_s_rows(shop, neighbour, order):
    ours = Program(token_for(shop.manager))
    ours.post("orders.place", order())
    shown = 0
    for name, asked in questions():
        found = ids_in(ask(name, system_actor(shop.company), asked))
        shown += len(found)
        assert not found & ids_in(ask(name, neighbour, asked)), (name, asked)
    assert shown > 20


def questions() -> Iterator[tuple[str, Any]]:
    """Each query as it is, or about the first things of each kind where it asks for one."""
    for name in queries:
        schemas = {key: parameters_of(name)[key] for key in required_of(name)}
        for id in range(1, 10) if schemas else (0,):
            given = {key: with_ids(example(schema, {}), id) for key, schema in schemas.items()}
            yield name, question_of(name).validate_python({"asked": given})["asked"]
