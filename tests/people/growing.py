"""n good rows for the commands about persons and their programs."""

from orderway.kernel.access import system_actor
from orderway.kernel.registry import Ref
from orderway.kernel.running import run
from orderway.people.commands import IssueToken, Prefer, SetPassword


def _tokens(shop, n):
    return [IssueToken(f"program {i}", ["orders.place"], person=shop.manager.id) for i in range(n)]


CASES = {
    "people.issue_token": _tokens,
    "people.revoke_token": lambda shop, n: [
        Ref(id) for id in run("people.issue_token", system_actor(shop.company), _tokens(shop, n)).done
    ],
    "people.prefer": lambda _, n: [Prefer("de", "dark")] * n,
    "people.set_password": lambda shop, n: [SetPassword(shop.manager.id, "hashed already")] * n,
}
