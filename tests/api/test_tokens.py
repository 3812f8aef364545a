"""Keys for programs: issued narrow, shown once, counted, expiring, revoked."""

from datetime import timedelta

import pytest
import structlog
from calling import Program, codes, token_for

from orderway.kernel import clock
from orderway.kernel.access import system_actor
from orderway.kernel.models import CommandLog, Event
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.people.commands import IssueToken
from orderway.people.models import ApiToken, Person


def refusals(outcome):
    return [refusal.code for refusal in outcome.refused]


def test_without_a_token_nobody_gets_in(shop, order):
    nobody = Program("orderway_guessed")
    answer = nobody.post("orders.place", order())
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Bearer error="invalid_token"')
    assert nobody.client.get("/api/queries/orders.list").status_code == 401


def test_a_token_ends_on_its_day(shop):
    program = Program(token_for(shop.manager, days=2))
    with clock.at(clock.now() + timedelta(days=1, hours=23)):
        assert program.get("orders.list").status_code == 200
    with clock.at(clock.now() + timedelta(days=2, seconds=1)):
        assert program.get("orders.list").status_code == 401


def test_a_token_opens_only_what_it_names(shop, order):
    program = Program(token_for(shop.manager, "orders.list"))
    assert program.get("orders.list").status_code == 200
    assert program.post("orders.place", order()).status_code == 403
    assert program.get("parties.list").status_code == 403


def test_a_token_opens_no_more_than_its_person_may(shop, order):
    packer = Program(token_for(shop.warehouse, "orders.place", "orders.list"))
    assert packer.post("orders.place", order()).status_code == 403
    assert packer.get("orders.list").status_code == 200


def test_who_leaves_takes_their_programs_along(shop):
    program = Program(token_for(shop.manager))
    Person.objects.filter(pk=shop.manager.id).update(is_active=False)
    assert program.get("orders.list").status_code == 401


def test_a_revoked_token_is_dead_at_once_and_a_colleague_cannot_revoke_it(shop):
    program = Program(token_for(shop.manager))
    (token,) = ApiToken.objects.values_list("id", flat=True)
    assert refusals(run("people.revoke_token", shop.warehouse, [Ref(token)])) == ["unknown-token"]
    assert run("people.revoke_token", shop.manager, [Ref(token)]).ok
    assert program.get("orders.list").status_code == 401
    assert refusals(run("people.revoke_token", shop.manager, [Ref(token)])) == ["already-revoked"]


def test_the_value_is_shown_once_and_kept_nowhere(shop, capsys):
    row = {"label": "shop", "scopes": ["orders.place", "people.issue_token"]}
    boss = Program(token_for(shop.manager))
    with structlog.testing.capture_logs() as logs:
        first = boss.post("people.issue_token", row, key="t-1").json()["values"]["tokens"][0]
        again = boss.post("people.issue_token", row, key="t-1").json()["values"]["tokens"][0]
        assert Program(first).get("orders.list").status_code == 403  # it is alive, and narrow
    assert first.startswith("orderway_")
    assert set(again) == {"*"}
    kept = [
        *CommandLog.objects.values(),
        *Event.objects.values(),
        *ApiToken.objects.values(),
        logs,
        capsys.readouterr(),
    ]
    assert first not in repr(kept)
    assert ask("people.tokens", shop.manager)[0].last_used_on == clock.now().date()


def test_calls_of_a_minute_are_counted_and_the_next_minute_is_free(shop):
    program = Program(token_for(shop.manager, calls_a_minute=2))
    minute = clock.now().replace(second=20, microsecond=0)
    with clock.at(minute):
        assert [program.get("orders.list").status_code for _ in range(3)] == [200, 200, 429]
        assert program.get("orders.list")["Retry-After"] == "40"
    with clock.at(minute + timedelta(minutes=1)):
        assert program.get("orders.list").status_code == 200


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (IssueToken(" ", ["orders.list"]), "label-missing"),
        (IssueToken("shop", []), "no-scopes"),
        (IssueToken("shop", ["orders.conjure"]), "unknown-scope"),
        (IssueToken("shop", ["orders.list"], days=367), "days-not-possible"),
        (IssueToken("shop", ["orders.list"], days=0), "days-not-possible"),
        (IssueToken("shop", ["orders.list"], calls_a_minute=0), "calls-not-possible"),
    ],
)
def test_what_no_token_can_be(shop, row, code):
    assert refusals(run("people.issue_token", shop.manager, [row])) == [code]


def test_nobody_issues_a_key_to_somebody_else_but_the_administrator_does(shop):
    row = IssueToken("shop", ["orders.list"], person=shop.manager.id)
    assert refusals(run("people.issue_token", shop.warehouse, [row])) == ["not-yours"]
    assert run("people.issue_token", shop.administrator, [row]).ok
    stranger = IssueToken("shop", ["orders.list"], person=shop.stranger.id)
    assert refusals(run("people.issue_token", shop.administrator, [stranger])) == ["unknown-person"]


def test_a_program_cannot_give_another_more_than_it_has(shop):
    program = Program(token_for(shop.manager, "people.issue_token", "orders.list"))
    wider = program.post("people.issue_token", {"label": "more", "scopes": ["orders.place"]})
    assert (wider.status_code, codes(wider)) == (422, [("scope-too-wide", 0)])
    assert program.post("people.issue_token", {"label": "same", "scopes": ["orders.list"]}).status_code == 200


def test_one_sees_the_keys_of_ones_own_programs(shop):
    token_for(shop.manager)
    token_for(shop.warehouse)
    token_for(shop.stranger)
    assert [row.person_id for row in ask("people.tokens", shop.manager)] == [shop.manager.id]
    assert {row.person_id for row in ask("people.tokens", shop.administrator)} == {shop.manager.id, shop.warehouse.id}
    assert not hasattr(ask("people.tokens", shop.manager)[0], "digest")


def test_a_set_of_tokens_is_issued_in_order_and_bad_ones_stay_out(shop):
    rows = [IssueToken("a", ["orders.list"]), IssueToken("", ["orders.list"]), IssueToken("c", ["orders.list"])]
    outcome = run("people.issue_token", shop.manager, rows, partial=True)
    assert [(r.code, r.subject) for r in outcome.refused] == [("label-missing", 1)]
    labels = dict(ApiToken.objects.values_list("id", "label"))
    assert [labels[id] for id in outcome.done] == ["a", "c"]
    assert len(outcome.values["tokens"]) == 2
    assert refusals(run("people.issue_token", system_actor(shop.company), [rows[0]])) == ["unknown-person"]
