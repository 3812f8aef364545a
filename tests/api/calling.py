"""Programs that call the API."""

from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from orderway.kernel.access import Actor, system_actor
from orderway.kernel.registry import commands, queries
from orderway.kernel.running import run
from orderway.people.commands import IssueToken


def token_for(actor: Actor, *scopes: str, **more: Any) -> str:
    """A token that the administration issues for a person; all verbs unless said."""
    row = IssueToken("test", scopes or [*commands, *queries], person=actor.id, **{"calls_a_minute": 100_000, **more})
    outcome = run("people.issue_token", system_actor(actor.company_id), [row])
    return outcome.values["tokens"][0].get_secret_value()


@dataclass
class Program:
    """Posts commands and gets queries with a token."""

    token: str
    client: Client = field(default_factory=lambda: Client(SERVER_NAME="localhost"))

    def post(self, name: str, *rows: Any, query: str = "", key: str | None = None, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"} | ({"Idempotency-Key": key} if key else {})
        body = more.pop("body", {"rows": list(rows)})
        return self.client.post(f"/api/commands/{name}{query}", body, "application/json", headers=headers, **more)

    def get(self, name: str, **asked: Any) -> Any:
        return self.client.get(f"/api/queries/{name}", asked, headers={"Authorization": f"Bearer {self.token}"})


def codes(answer: Any) -> list[tuple[str, int | None]]:
    """The refusals of an answer, as (code, subject)."""
    return [(refusal["code"], refusal["subject"]) for refusal in answer.json().get("refusals", [])]
