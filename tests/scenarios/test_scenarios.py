"""Every story in this folder is run: its code blocks, one after the other, on the print shop."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from steps import Story

from orderway.kernel.checking import differences
from orderway.kernel.registry import Ref
from orderway.kernel.running import ask, run
from orderway.orders.commands.place import PlaceLine, PlaceOrder

STORIES = sorted(Path(__file__).parent.glob("*.md"))
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_story(shop, path):
    text = path.read_text()
    blocks = list(BLOCK.finditer(text))
    assert any("assert" in block[1] for block in blocks), "a story asserts its numbers"
    names = {
        "story": Story(shop),
        "shop": shop,
        "D": Decimal,
        "Line": PlaceLine,
        "Order": PlaceOrder,
        "Ref": Ref,
        "run": run,
        "ask": ask,
    }
    for block in blocks:
        first = text[: block.start()].count("\n") + 1
        exec(compile("\n" * first + block[1], str(path), "exec"), names)  # noqa: S102 - our own stories
    assert differences() == [], "after the story the ledgers and events still agree"
