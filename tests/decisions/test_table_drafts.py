"""A table is drawn before it counts: kept half done, told what is wrong with it and where, tried, published with a reason, thrown away."""

from decimal import Decimal
from typing import Any

import pytest
from approval_tables import APPROVAL, table
from hypothesis import given, settings
from hypothesis import strategies as st

from orderway.decisions.commands.draft import DiscardTable, PublishTableDraft, SaveTable
from orderway.decisions.drawing import name_of
from orderway.decisions.published import compile_table
from orderway.decisions.reviewing import reviewed
from orderway.kernel.running import ask, run

TYPES = {"net": "number", "country": "string"}
OVERLAP = [("< 100", "-", '"nobody"'), ("[50..5000]", '"DE"', '"manager"'), (">= 100", "-", '"board"')]


def saved(shop: Any, xml: str, seen: int = 0, key: str = "approval") -> Any:
    return run("decisions.save_draft", shop.administrator, [SaveTable(key, xml, "order", seen)])


def told(xml: str) -> list[tuple[str, int, int]]:
    return [(one.code, one.rule, one.column) for one in reviewed(xml, TYPES).problems]


def test_a_half_drawn_table_is_kept_but_not_published(shop: Any) -> None:
    half = table("approval", [("> 1 >", "-", '"x"')])
    assert saved(shop, half).values == {"revisions": {"approval": 1}}
    (refusal,) = run("decisions.publish_draft", shop.administrator, [PublishTableDraft("approval")]).refused
    assert refusal.code == "cannot-decide"
    assert [(one["code"], one["rule"], one["column"]) for one in refusal.facts["problems"]] == [("unreadable", 1, 1)]
    assert ask("decisions.draft", shop.administrator, key="approval").xml == half
    assert ask("decisions.table", shop.administrator, key="approval") is None


def test_a_file_that_names_another_encoding_is_kept_as_the_text_it_is(shop: Any) -> None:
    xml = "<?xml version='1.0' encoding='ISO-8859-1'?>" + table("approval", APPROVAL, name="Prüfung ab 500 €")
    assert saved(shop, xml).ok
    draft = ask("decisions.draft", shop.administrator, key="approval")
    assert (draft.xml, name_of(draft.xml, "approval")) == (xml.replace("ISO-8859-1", "UTF-8"), "Prüfung ab 500 €")


def test_who_was_slower_is_told_and_the_other_table_stays(shop: Any) -> None:
    saved(shop, table("approval", APPROVAL))
    theirs = table("approval", APPROVAL[:2])
    assert saved(shop, theirs, seen=1).ok
    (late,) = saved(shop, table("approval", APPROVAL[:1]), seen=1).refused
    assert (late.code, late.facts["by"], late.facts["revision"]) == ("draft-changed", shop.administrator.name, 2)
    assert ask("decisions.draft", shop.administrator, key="approval").xml == theirs


def test_publishing_says_who_and_why_and_the_draft_is_gone(shop: Any) -> None:
    for number, rows in enumerate((APPROVAL, APPROVAL[:2]), 1):
        assert saved(shop, table("approval", rows)).ok
        assert run(
            "decisions.publish_draft", shop.administrator, [PublishTableDraft("approval", f"no. {number}", 1)]
        ).ok
        assert ask("decisions.draft", shop.administrator, key="approval") is None
    shown = ask("decisions.table", shop.administrator, key="approval")
    assert [(one.number, one.why, one.published_by) for one in shown.versions] == [
        (2, "no. 2", shop.administrator.name),
        (1, "no. 1", shop.administrator.name),
    ]


def test_a_draft_that_says_what_is_published_makes_no_version(shop: Any) -> None:
    assert saved(shop, table("approval", APPROVAL)).ok
    assert run("decisions.publish_draft", shop.administrator, [PublishTableDraft("approval")]).ok
    assert saved(shop, table("approval", APPROVAL).replace("><", ">\n<")).ok  # written another way, but nothing else
    assert ask("decisions.draft", shop.administrator, key="approval").same_as == 1
    (refusal,) = run("decisions.publish_draft", shop.administrator, [PublishTableDraft("approval")]).refused
    assert (refusal.code, refusal.facts["number"]) == ("nothing-changed", 1)
    assert saved(shop, table("approval", APPROVAL[:2]), seen=1).ok
    assert ask("decisions.draft", shop.administrator, key="approval").same_as == 0
    assert run("decisions.publish_draft", shop.administrator, [PublishTableDraft("approval")]).ok


def test_a_draft_that_changed_after_it_was_looked_at_is_not_published(shop: Any) -> None:
    saved(shop, table("approval", APPROVAL))
    saved(shop, table("approval", APPROVAL[:2]), seen=1)
    outcome = run("decisions.publish_draft", shop.administrator, [PublishTableDraft("approval", "", 1)])
    assert [one.code for one in outcome.refused] == ["draft-changed"]


def test_a_draft_is_thrown_away_and_others_do_not_see_it(shop: Any) -> None:
    saved(shop, table("approval", APPROVAL))
    assert [one.name for one in ask("decisions.drafts", shop.administrator)] == ["Limits of approval"]
    assert ask("decisions.drafts", shop.stranger) == []
    assert run("decisions.discard_draft", shop.administrator, [DiscardTable("approval")]).ok
    again = run("decisions.discard_draft", shop.administrator, [DiscardTable("approval")])
    assert [one.code for one in again.refused] == ["unknown-draft"]


@pytest.mark.parametrize(
    ("key", "xml", "code"),
    [
        ("1st", table("approval", APPROVAL), "bad-key"),
        ("approval", "<html/>", "not-dmn"),
        ("other", table("approval", APPROVAL), "other-table"),
    ],
)
def test_what_is_no_table_of_that_key_is_not_kept(shop: Any, key: str, xml: str, code: str) -> None:
    assert [one.code for one in saved(shop, xml, key=key).refused] == [code]


def test_the_cell_that_cannot_be_read_is_named() -> None:
    rows = [("< 100", "-", '"a"'), ("limit", '"DE"', '"b"'), (">= 100", "-", '"c')]
    assert told(table("t", rows)) == [("unreadable", 2, 1), ("unreadable", 3, 3)]


def test_values_of_another_kind_than_the_fact_are_named() -> None:
    assert ("wrong-type", 2, 1) in told(table("t", [("< 100", "-", '"a"'), ('"much"', "-", '"b"')], "FIRST"))
    text = table("t", APPROVAL).replace('typeRef="number"', 'typeRef="string"')
    assert ("wrong-type", 0, 1) in told(text)


def test_rules_of_a_unique_table_that_hit_together_are_named_and_refused(shop: Any) -> None:
    problems = reviewed(table("approval", OVERLAP), TYPES)
    assert [(one.code, one.why) for one in problems.problems if one.level == "error"] == [
        ("overlap", "1, 2"),
        ("overlap", "2, 3"),
    ]
    assert problems.decider is None
    saved(shop, table("approval", OVERLAP))
    (refusal,) = run("decisions.publish_draft", shop.administrator, [PublishTableDraft("approval")]).refused
    assert refusal.code == "cannot-decide"


def test_a_rule_behind_others_that_take_all_of_it_is_named() -> None:
    rows = [("< 100", "-", '"a"'), (">= 100", '"DE"', '"b"'), ("[50..200]", '"DE"', '"c"'), ("[50..200]", "-", '"d"')]
    assert [one for one in told(table("t", rows, "FIRST")) if one[0] == "never-hits"] == [("never-hits", 3, 0)]


def test_values_without_a_rule_are_named() -> None:
    rows = [("< 100", "-", '"a"'), ("(100..200]", "-", '"b"'), ("> 200", 'not("DE", "AT")', '"c"')]
    gaps = [one.why for one in reviewed(table("t", rows), TYPES).problems if one.code == "gap"]
    assert gaps == ["Net total = 100", "Net total > 200, country = AT", "Net total > 200, country = DE"]
    assert not [one for one in told(table("t", [*rows, ("-", "-", '"d"')], "FIRST")) if one[0] == "gap"]


CELLS = st.sampled_from(["-", "< 2", "<= 2", "2", "[1..3]", "(1..3)", "> 1", ">= 3", "not(2)", "1, 3", "not([1..2])"])
WORDS = st.sampled_from(["-", '"A"', '"B"', '"A", "B"', 'not("A")', 'not("A", "C")'])
TABLES = st.lists(st.tuples(CELLS, WORDS, st.sampled_from(['"x"', '"y"'])), min_size=1, max_size=6)
NUMBERS = [Decimal(n) / 2 for n in range(-1, 10)]
LETTERS = ["A", "B", "C", "D"]


@settings(deadline=None)
@given(TABLES)
def test_what_is_said_of_a_table_is_what_asking_it_everywhere_shows(rows: list[tuple[str, str, str]]) -> None:
    """The oracle asks the compiled table at every value between and on the limits."""
    collected = compile_table(table("t", rows, "COLLECT"), TYPES).decider
    assert collected
    hits = {(n, word): collected.decide({"net": n, "country": word}).rules for n in NUMBERS for word in LETTERS}
    unique = reviewed(table("t", rows), TYPES).problems
    pairs = {(a, b) for rules in hits.values() for a in rules for b in rules if a < b}
    said = {tuple(map(int, one.why.split(", "))) for one in unique if one.code == "overlap"}
    assert said <= pairs
    assert bool(said) == bool(pairs)
    assert bool([one for one in unique if one.code == "gap"]) == (() in hits.values())
    first = reviewed(table("t", rows, "FIRST"), TYPES).problems
    never = {one.rule for one in first if one.code == "never-hits"}
    assert never == set(range(1, len(rows) + 1)) - {rules[0] for rules in hits.values() if rules}


def test_values_set_by_hand_show_the_rules_that_hit(shop: Any) -> None:
    def tried(xml: str, **values: str) -> Any:
        return ask("decisions.try", shop.manager, xml=xml, subject="order", values=values)

    xml = table("approval", APPROVAL)
    found = tried(xml, net="99.99", country="FR")
    assert (found.result, list(found.rules), found.values) == (
        "nobody",
        [1],
        {"net": Decimal("99.99"), "country": "FR"},
    )
    assert list(tried(xml, net="6000", country="FR").rules) == []
    assert [one.code for one in tried(xml, net="much").problems] == ["wrong-value"]
    both = tried(table("approval", OVERLAP), net="60", country="DE")
    assert (both.result, list(both.rules)) == (None, [1, 2])
    assert ask("decisions.tables", shop.manager) == []
