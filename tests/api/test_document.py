"""The document: true, whole, and readable without loading anything from elsewhere."""

import json
import re

import pytest
import schemathesis
from calling import Program
from django.test import Client

from orderway.api.document import document
from orderway.api.problems import KINDS
from orderway.api.schemas import set_of
from orderway.kernel.registry import commands, queries


@pytest.fixture
def described():
    return Client(SERVER_NAME="localhost").get("/api/openapi.json").json()


def operations(described):
    return {op["operationId"]: op for item in described["paths"].values() for op in item.values()}


def test_it_is_valid_openapi_3_1(described):
    loaded = schemathesis.openapi.from_dict(described)
    loaded.validate()
    assert described["openapi"] == "3.1.0"
    assert {r.ok().label for r in loaded.get_all_operations()} == {
        f"{method.upper()} {path}" for path, item in described["paths"].items() for method in item
    }


def test_every_verb_that_people_may_use_stands_in_it_with_its_purpose(described):
    found = operations(described)
    assert set(found) == {name for name in commands if commands[name].roles} | set(queries) | {"capture.messages"}
    assert all(operation["summary"] for operation in found.values())


def test_every_example_is_a_valid_row(described):
    for name, operation in operations(described).items():
        if name in commands:
            example = operation["requestBody"]["content"]["application/json"]["example"]
            assert set_of(name).validate_json(json.dumps(example)), name


def test_nothing_it_refers_to_is_missing(described):
    for reference in set(re.findall(r'"\$ref": ?"#/([^"]+)"', json.dumps(described))):
        place = described
        for step in reference.split("/"):
            place = place[step]


def test_the_page_loads_nothing_and_names_every_verb_and_problem():
    answer = Client(SERVER_NAME="localhost").get("/api/docs")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert not re.search(r"<script|<link|<img|@import|url\(|src=", text)
    assert answer["Content-Security-Policy"].startswith("default-src 'none'; style-src 'sha256-")
    ids = set(re.findall(r'id="([^"]+)"', text))
    assert {name for name in commands if commands[name].roles} | set(queries) | set(KINDS) <= ids


def test_a_problem_leads_to_its_explanation(shop):
    kind = Program("x").get("orders.list").json()["type"]
    path, _, anchor = kind.partition("#")
    assert f'id="{anchor}"' in Client(SERVER_NAME="localhost").get(path).content.decode()


def test_the_document_does_not_change_between_two_readings():
    assert document() == document()
