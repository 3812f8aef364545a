"""docs/reference says what the program is now."""

import re
import subprocess
import sys

import pytest
import source

from orderway.cli.reference import PAGES, differing, settings, write
from orderway.kernel.registry import commands, queries

REFERENCE = source.ROOT / "docs" / "reference"
HOW = "run `.venv/bin/orderway reference docs/reference` and commit what it writes"


def test_the_generated_reference_is_current():
    # in a process of its own, where no test has registered anything
    check = [sys.executable, "-m", "orderway.cli", "reference", "--check", str(REFERENCE)]
    told = subprocess.run(check, capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout) == (0, ""), f"{told.stdout}{told.stderr}{HOW}"


def test_a_page_that_grew_old_is_named_and_written_again(tmp_path):
    assert write(tmp_path) == list(PAGES)
    (tmp_path / "cli.md").write_text("what it once could")
    assert differing(tmp_path) == ["cli.md"]
    assert write(tmp_path) == ["cli.md"]
    assert write(tmp_path) == []


@pytest.mark.parametrize(("page", "verbs"), [("commands.md", commands), ("queries.md", queries)])
def test_every_verb_stands_there_with_a_sentence(page, verbs):
    text = PAGES[page]()
    for name, verb in verbs.items():
        if verb.work.__module__.startswith("orderway."):
            assert re.search(rf"^### {re.escape(name)}\n\n[A-Z].+[.)]", text, re.MULTILINE), name


def test_refusals_and_events_are_found_in_the_code():
    text = PAGES["commands.md"]()
    place = text[text.index("### orders.place\n") : text.index("### orders.resume\n")]
    assert "`unknown-customer`" in place
    assert "`no-price`" in place
    assert "* Records: `order.placed`, `parcel.opened`" in place
    follows = next(
        line for line in PAGES["events-and-reactions.md"]().splitlines() if line.startswith("| `order.placed`")
    )
    assert "[orders.send_on_way](commands.md#orderssend_on_way)" in follows


def test_every_variable_has_words_and_every_word_a_variable():
    assert sorted(settings.WORDS) == sorted(settings.variables())
