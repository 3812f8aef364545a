"""Pages of docs/ as a newcomer follows them: their console blocks are typed, their Python blocks run, on the print shop.

A line after `$ ` is typed; what follows it is what must be seen, with `…` for anything. Blocks inside an HTML comment are not
shown to readers: they make ready what a reader finds in the demo, look at pages, and stand for what a reader clicks.
"""

import html
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from django.test import Client
from steps import Story

from orderway.capture import jobs
from orderway.cli.demo.company import MAIL_DOMAIN, PEOPLE
from orderway.cli.main import main
from orderway.kernel.access import system_actor
from orderway.kernel.registry import Ref, commands, queries
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.orders.commands.place import PlaceLine, PlaceOrder
from orderway.people.commands import AdmitPerson, IssueToken
from orderway.people.models import Person

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
BLOCK = re.compile(r"^```(python|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)
HERE = re.compile(r"<<('?)(\w+)\1$")


@dataclass
class Typed:
    """A command line with what goes into it and what must be seen."""

    line: str
    given: str = ""
    seen: str = ""
    quoted: bool = False  # a here-document in which nothing is filled in


@dataclass
class Reader:
    """Somebody who follows a page: the words they have set, the folder they are in, the story they live."""

    shop: Any
    folder: Path
    names: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        story = Story(self.shop)
        self.names |= {
            "shop": self.shop,
            "story": story,
            "D": Decimal,
            "Ref": Ref,
            "run": run,
            "ask": ask,
            "fetch": fetch,
            "system": system_actor(self.shop.company),
            "browser": browser,
            "sees": sees,
            "later": self.later,
            "folder": self.folder,
            "program": self.program,
            "placed": self.placed,
            "Line": PlaceLine,
        }
        row = [AdmitPerson(f"{mail}@{MAIL_DOMAIN}", name, roles) for mail, name, roles, _ in PEOPLE]
        story.ok("people.admit", self.names["system"], *row)
        story.publish_maps()

    def follow(self, path: Path) -> int:
        """Do what the page says from top to bottom; returns how many blocks there were."""
        text = path.read_text("utf-8")
        blocks = list(BLOCK.finditer(text))
        known = dict(commands)
        try:
            self._do(path, text, blocks)
        finally:  # a step of one's own belongs to its page alone
            for name in commands.keys() - known.keys():
                del commands[name]
        return len(blocks)

    def _do(self, path: Path, text: str, blocks: list[re.Match[str]]) -> None:
        for block in blocks:
            first = text[: block.start()].count("\n") + 1
            if block[1] == "python":
                exec(compile("\n" * first + block[2], str(path), "exec"), self.names)  # noqa: S102 - our own pages
            else:
                for typed in typed_in(block[2]):
                    self.type(typed, f"{path.name}:{first}")
            self.later()

    def program(self, email: str) -> str:
        """A token for a program that acts as somebody, as an administrator gives it out."""
        row = IssueToken("a program", [*commands, *queries], person=Person.objects.get(email=email).pk)
        value: str = run("people.issue_token", self.names["system"], [row]).values["tokens"][0].get_secret_value()
        return value

    def placed(self, *lines: PlaceLine, customer: str = "10001") -> int:
        """An order that came in and went as far on its map as it goes by itself."""
        (id,) = run("orders.place", self.shop.manager, [PlaceOrder(self.shop.customers[customer], lines)]).done
        self.later()
        return int(id)

    def later(self) -> None:
        """What the workers do meanwhile: what came in is read, maps go on, papers are printed."""
        while True:
            self.names["story"].later()
            waiting = fetch("delete from procrastinate_jobs where queue_name = 'read' returning args::text as args", {})
            for row in waiting:
                jobs.read_inputs(**json.loads(row.args))
            self.names["story"].print_papers()
            if not waiting:
                return

    def type(self, typed: Typed, where: str) -> None:
        """Type one command and look at what is seen."""
        told, fine = self._told(typed)
        if typed.seen.strip():
            assert looks_like(typed.seen, told), f"{where}: {typed.line}\nexpected: {typed.seen}\nseen: {told}"
        else:
            assert fine, f"{where}: {typed.line}\n{told}"

    def _told(self, typed: Typed) -> tuple[str, bool]:
        if set_to := re.fullmatch(r"(?:export )?([A-Z_]+)=(\S+)", typed.line):
            self.names.setdefault(set_to[1], set_to[2])
            return "", True
        words = shlex.split(self._filled(HERE.sub("", typed.line)))
        given = typed.given if typed.quoted else self._filled(typed.given)
        if words[0] == "orderway":
            here = Path.cwd()
            os.chdir(self.folder)
            try:
                result = CliRunner().invoke(main, words[1:], input=given, catch_exceptions=False)
            finally:
                os.chdir(here)
            return result.output, result.exit_code == 0
        if words[0] == "curl":
            return curl(words[1:], given)
        if words[:2] == ["cat", ">"]:
            (self.folder / words[2]).write_text(given)
            return "", True
        if words[0] == "python3":
            words, into = (words[:-2], words[-1]) if words[-2] == ">" else (words, "")
            told = subprocess.run(
                [sys.executable, *words[1:]], cwd=self.folder, capture_output=True, text=True, check=False
            )
            if into:
                (self.folder / into).write_text(told.stdout)
            return ("" if into else told.stdout) + told.stderr, told.returncode == 0
        raise AssertionError(f"nobody here can type {words[0]}")

    def _filled(self, text: str) -> str:
        """$NAME and ${NAME} replaced by what was set."""
        return re.sub(r"\$(?:\{([A-Z_]+)\}|([A-Z_]+))", lambda m: str(self.names[m[1] or m[2]]), text)


def typed_in(block: str) -> Iterator[Typed]:
    """The commands of a console block, here-documents and backslashes included."""
    lines = iter(block.splitlines())
    typed: Typed | None = None
    for line in lines:
        if not line.startswith("$ "):
            assert typed, f"a console block begins with a command: {line}"
            typed.seen += line + "\n"
            continue
        if typed:
            yield typed
        typed = Typed(line[2:])
        while typed.line.endswith("\\"):
            typed.line = typed.line[:-1] + next(lines).strip()
        if end := HERE.search(typed.line):
            typed.quoted = bool(end[1])
            while (given := next(lines)) != end[2]:
                typed.given += given + "\n"
    if typed:
        yield typed


def looks_like(pattern: str, text: str) -> bool:
    """Whether `text` is `pattern`, white space apart and `…` standing for anything."""
    parts = [re.escape(" ".join(part.split())) for part in pattern.split("…")]
    spaced = r"\s*.*?\s*".join(parts)
    return re.fullmatch(r"\s*" + spaced + r"\s*", " ".join(text.split()), re.DOTALL) is not None


def curl(words: list[str], given: str) -> tuple[str, bool]:
    """What curl would print; `-H` and `--json` as in its manual."""
    headers: dict[str, str] = {}
    address, body = "", None
    rest = iter(words)
    for word in rest:
        if word == "-H":
            name, _, value = next(rest).partition(": ")
            headers[name] = value
        elif word == "--json":
            body = next(rest)
            body = given if body == "@-" else body
            headers["Content-Type"] = "application/json"
        elif not word.startswith("-"):
            address = re.sub(r"^https?://[^/]+", "", word)
    client = Client(SERVER_NAME="localhost")
    if body is None:
        answer = client.get(address, headers=headers)
    else:
        kind = headers.pop("Content-Type")
        answer = client.generic("POST", address, body.encode(), kind, headers=headers)
    text = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return text.decode(), answer.status_code < 400


def browser(email: str) -> Client:
    """A browser in which somebody is signed in, in English."""
    person = Person.objects.get(email=email)
    Person.objects.filter(pk=person.pk).update(language="en")
    client = Client(headers={"host": "localhost"})
    client.force_login(person)
    return client


def sees(client: Client, address: str, *words: str) -> str:
    """The page at an address, on which these words must stand, however they are marked up."""
    answer = client.get(address, follow=True)
    page = answer.content.decode()
    assert answer.status_code == 200, (address, answer.status_code)
    stands = "".join(html.unescape(re.sub(r"<[^>]+>", "", page)).split())
    for word in words:
        assert "".join(word.split()) in stands or word in page, f"{address} does not say {word!r}"
    return page
