"""What docs/ and README.md point at is there, and the front page stays one page."""

import re
import tomllib

import pytest
from blocks import DOCS, ROOT

PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "STYLE.md",
    ROOT / "CHANGELOG.md",
    *sorted(DOCS.rglob("*.md")),
]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
LARGEST = 250_000  # bytes of a picture


def anchors(text: str) -> set[str]:
    """The headings of a page as addresses within it."""
    code_apart = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    heads = re.findall(r"^#+ (.+)$", code_apart, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def links(page) -> list[str]:
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    return LINK.findall(re.sub(r"`[^`]*`", "", text))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    for link in links(page):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{page.name}: {link}"
        assert ROOT in target.parents, f"{page.name}: {link} leads out of the project"
        if anchor:
            assert anchor in anchors(target.read_text("utf-8")), f"{page.name}: {link}"


def test_every_page_of_the_docs_can_be_reached_from_the_front_page():
    seen = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page.is_dir():
            waiting += page.glob("*.md")
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        waiting += [
            (page.parent / link.partition("#")[0]).resolve()
            for link in links(page)
            if not link.startswith(("https://", "#"))
        ]
    assert set(DOCS.rglob("*.md")) - seen == set()


def test_the_front_page_is_one_page_with_two_pictures():
    text = (ROOT / "README.md").read_text("utf-8")
    assert len(text.splitlines()) <= 80
    pictures = re.findall(r"!\[[^\]]+\]\((docs/pictures/[^)]+\.png)\)", text)
    assert len(pictures) == 2
    for picture in pictures:
        data = (ROOT / picture).read_bytes()
        assert data[:8] == b"\x89PNG\r\n\x1a\n"
        assert len(data) <= LARGEST, f"{picture} has {len(data)} bytes"
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["license"] in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_names_a_place_on_somebodys_machine(page):
    text = page.read_text("utf-8")
    assert not re.search(r"(?<![\w.])/(work|tmp|root|home)/", text)
