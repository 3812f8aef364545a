"""Requests that nobody thought of, made from the document: the API never breaks, and answers as its document says.

The administrator calls, who holds the most verbs, and every call is taken back. Ids are drawn near those of the shop, so that
commands get past their first question.
"""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from calling import token_for
from django.core.signals import request_finished, request_started
from django.db import IntegrityError, close_old_connections, connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from orderway.api.schemas import set_of
from orderway.kernel.registry import commands, queries
from orderway.web.wsgi import application

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
    checks.negative_data_rejection,
    checks.allow_header_conformance,
]
VERBS = sorted([*(name for name, command in commands.items() if command.roles), *queries])


@pytest.fixture(scope="module")
def api() -> Iterator[Any]:
    """The document as schemathesis loads it from the application, which must not close the connection of the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/openapi.json", application)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def sent(value: Any, near: bool) -> Any:
    """The same as programs write it: a whole number without `.0`; and with `near` its ids folded onto 1 to 6."""
    if isinstance(value, dict):
        return {key: sent(part, near) for key, part in value.items()}
    if isinstance(value, list):
        return [sent(part, near) for part in value]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return 1 + value % 6 if near and type(value) is int and abs(value) > 6 else value


def call(case: Any, token: str, valid: bool) -> None:
    """One call, checked and taken back."""
    try:
        with transaction.atomic():
            response = case.call(headers={"Authorization": f"Bearer {token}"})
            if response.status_code == 200:
                with connection.cursor() as cursor:
                    cursor.execute("set constraints all immediate")
                    cursor.execute("set constraints all deferred")
            transaction.set_rollback(True)
    except IntegrityError:
        pass  # what a commit would have found: the API answers it, see test_commands.py
    case.validate_response(response, checks=CHECKS)
    if valid and case.method == "POST":
        set_of(case.operation.definition.raw["operationId"]).validate_json(json.dumps(case.body))
    elif valid:
        assert "invalid" not in [r["code"] for r in json.loads(response.text).get("refusals", [])], response.text


def fuzz(api: Any, name: str, token: str, mode: GenerationMode, examples: int, **how: Any) -> None:
    operation = api.find_operation_by_id(name)

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        **how,
    )
    def each(case: Any) -> None:
        if mode is GenerationMode.POSITIVE and isinstance(case.body, dict):
            case.body = sent(case.body, near=len(json.dumps(case.body)) % 2 == 0)
        call(case, token, mode is GenerationMode.POSITIVE)

    each()


@pytest.mark.parametrize("name", VERBS)
def test_nothing_breaks_it(shop, api, name):
    token = token_for(shop.administrator)
    fuzz(api, name, token, GenerationMode.POSITIVE, 3, derandomize=True)
    fuzz(api, name, token, GenerationMode.NEGATIVE, 1, derandomize=True)


@pytest.mark.long
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("name", VERBS)
def test_nothing_breaks_it_for_long(shop, api, name):
    token = token_for(shop.administrator)
    fuzz(api, name, token, GenerationMode.POSITIVE, 400)
    fuzz(api, name, token, GenerationMode.NEGATIVE, 200)
