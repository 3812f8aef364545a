"""A map is drawn before it counts: kept half done, told what is wrong with it, published with a reason, or thrown away."""

from typing import Any

import pytest
from growing import DECIDE, HEAD, drawn

from orderway.kernel.access import Actor, system_actor
from orderway.kernel.running import ask, run
from orderway.web.refusal_words import refusal_text
from orderway.workflow.commands.draft import DiscardDraft, PublishDraft, SaveDraft
from orderway.workflow.commands.publish import PublishMap
from orderway.workflow.wording import is_deed, is_short

HALF = f'{HEAD}<process id="half" name="Half" isExecutable="true" o:subject="order"><startEvent id="s"/></process></definitions>'


def boss(shop: Any) -> Actor:
    return Actor(shop.manager.id, shop.company, frozenset({"administrator"}), name="Boss")


def saved(shop: Any, map: str, xml: str, seen: int = 0) -> Any:
    return run("workflow.save_draft", boss(shop), [SaveDraft(map, xml, seen)])


def test_a_half_drawn_map_is_kept_but_not_published(shop: Any) -> None:
    assert saved(shop, "half", HALF).ok
    draft = ask("workflow.draft", boss(shop), map="half")
    assert (draft.xml, draft.revision) == (HALF, 1)
    outcome = run("workflow.publish_draft", boss(shop), [PublishDraft("half")])
    (refusal,) = outcome.refused
    assert refusal.code == "cannot-run"
    assert [one["code"] for one in refusal.facts["problems"]] == ["dead-end"]
    assert ask("workflow.draft", boss(shop), map="half").revision == 1
    assert ask("workflow.versions", boss(shop), map="half") == []


def test_a_file_that_names_another_encoding_is_kept_and_published_as_the_text_it_is(shop: Any) -> None:
    xml = "<?xml version='1.0' encoding='ISO-8859-1'?>" + drawn("told", DECIDE.replace("Decide", "Prüfe €"))
    assert ask("workflow.lint", boss(shop), xml=xml).runnable
    assert saved(shop, "told", xml).ok
    assert ask("workflow.draft", boss(shop), map="told").xml == xml.replace("ISO-8859-1", "UTF-8")
    assert run("workflow.publish_draft", boss(shop), [PublishDraft("told", "first", 1)]).ok
    torn = run("workflow.publish", boss(shop), [PublishMap("<x>\ud800</x>")])
    assert [one.code for one in torn.refused] == ["not-bpmn"]


def test_who_was_slower_is_told_and_the_other_drawing_stays(shop: Any) -> None:
    assert saved(shop, "both", drawn("both", DECIDE)).ok
    theirs = drawn("both", DECIDE.replace("Decide", "Look"))
    assert saved(shop, "both", theirs, seen=1).values == {"revisions": {"both": 2}}
    late = saved(shop, "both", drawn("both", DECIDE.replace("Decide", "Ask")), seen=1)
    assert [(one.code, one.facts["revision"]) for one in late.refused] == [("draft-changed", 2)]
    assert ask("workflow.draft", boss(shop), map="both").xml == theirs


def test_publishing_says_who_and_why_and_the_draft_is_gone(shop: Any) -> None:
    for note in ("first", "colours of the second"):
        xml = drawn("told", DECIDE.replace("Decide", f"Decide {note}"))
        assert saved(shop, "told", xml).ok
        assert run("workflow.publish_draft", boss(shop), [PublishDraft("told", note, 1)]).ok
        assert ask("workflow.draft", boss(shop), map="told") is None
    rows = ask("workflow.versions", boss(shop), map="told")
    assert [(row.number, row.note) for row in rows] == [(2, "colours of the second"), (1, "first")]


def test_a_draft_that_was_changed_after_it_was_looked_at_is_not_published(shop: Any) -> None:
    assert saved(shop, "seen", drawn("seen", DECIDE)).ok
    assert saved(shop, "seen", drawn("seen", DECIDE), seen=1).ok
    outcome = run("workflow.publish_draft", boss(shop), [PublishDraft("seen", "", 1)])
    assert [one.code for one in outcome.refused] == ["draft-changed"]


def test_a_draft_that_says_what_is_published_makes_no_version(shop: Any) -> None:
    for name in ("same", "other"):
        assert saved(shop, name, drawn(name, DECIDE)).ok
        assert run("workflow.publish_draft", boss(shop), [PublishDraft(name)]).ok
    assert saved(shop, "same", drawn("same", DECIDE) + "\n").ok  # written another way, but nothing else
    assert saved(shop, "other", drawn("other", DECIDE.replace("Decide", "Look"))).ok
    assert [ask("workflow.draft", boss(shop), map=name).same_as for name in ("same", "other")] == [1, 0]
    outcome = run("workflow.publish_draft", boss(shop), [PublishDraft("same"), PublishDraft("other")], partial=True)
    assert [(one.code, one.subject, one.facts["number"]) for one in outcome.refused] == [("nothing-changed", 0, 1)]
    assert [len(ask("workflow.versions", boss(shop), map=name)) for name in ("same", "other")] == [1, 2]


def test_throwing_a_draft_away_leaves_what_is_published(shop: Any) -> None:
    assert saved(shop, "kept", drawn("kept", DECIDE)).ok
    assert run("workflow.publish_draft", boss(shop), [PublishDraft("kept")]).ok
    assert saved(shop, "kept", drawn("kept", DECIDE.replace("Decide", "Look"))).ok
    assert run("workflow.discard_draft", boss(shop), [DiscardDraft("kept")]).ok
    assert ask("workflow.draft", boss(shop), map="kept") is None
    assert len(ask("workflow.versions", boss(shop), map="kept")) == 1
    again = run("workflow.discard_draft", boss(shop), [DiscardDraft("kept")])
    assert [one.code for one in again.refused] == ["unknown-draft"]


def test_the_same_draft_twice_in_one_set_is_refused_twice_and_the_others_go(shop: Any) -> None:
    for name in ("doubled", "alone"):
        assert saved(shop, name, drawn(name, DECIDE)).ok
    rows = [PublishDraft("doubled", "one"), PublishDraft("alone"), PublishDraft("doubled", "two")]
    outcome = run("workflow.publish_draft", boss(shop), rows, partial=True)
    assert [(one.code, one.subject) for one in outcome.refused] == [("twice", 0), ("twice", 2)]
    assert [len(ask("workflow.versions", boss(shop), map=name)) for name in ("doubled", "alone")] == [0, 1]
    assert ask("workflow.draft", boss(shop), map="doubled") is not None


@pytest.mark.parametrize(
    ("map", "xml", "code"),
    [
        ("half", "no xml", "not-bpmn"),
        ("half", "\ud800", "not-bpmn"),
        ("other", HALF, "other-map"),
        ("no key", HALF, "bad-key"),
    ],
)
def test_what_is_no_drawing_of_this_map_is_not_kept(shop: Any, map: str, xml: str, code: str) -> None:
    assert [one.code for one in saved(shop, map, xml).refused] == [code]


def test_only_administrators_publish(shop: Any) -> None:
    assert run("workflow.save_draft", shop.manager, [SaveDraft("mine", drawn("mine", DECIDE))]).ok
    refused = run("workflow.publish_draft", shop.manager, [PublishDraft("mine")]).refused
    assert [one.code for one in refused] == ["not-allowed"]


def lint(shop: Any, middle: str, condition: str = "") -> Any:
    return ask("workflow.lint", system_actor(shop.company), xml=drawn("checked", middle, condition))


def test_problems_name_their_element_and_errors_come_first(shop: Any) -> None:
    long = "Look at everything that this order could ever need"
    told = lint(shop, f'<userTask id="a" name="{long}"/>')
    assert not told.runnable
    first, *others = [(one.code, one.element, one.level) for one in told.problems]
    assert first == ("no-role", "a", "error")
    codes = ("long-label", "many-words", "no-due", "no-instruction")
    assert sorted(others) == [(code, "a", "warning") for code in codes]
    assert all(one.why.endswith(".") for one in told.problems)


def test_a_map_that_only_warns_may_be_published(shop: Any) -> None:
    told = lint(shop, DECIDE)
    assert told.runnable
    assert [one.code for one in told.problems] == ["no-instruction"]


def test_an_unknown_fact_in_a_condition_is_an_error(shop: Any) -> None:
    told = lint(shop, '<exclusiveGateway id="a"/>', "weight > 3")
    assert ("condition", "g", "error") in [(one.code, one.element, one.level) for one in told.problems]


def test_a_label_in_another_style_than_the_others_is_told(shop: Any) -> None:
    step = '<serviceTask id="{id}" name="{name}" o:command="orders.verify"/>'
    names = {"a": "Check order", "b": "Order confirmation", "c": "Pack goods"}
    told = lint(shop, "".join(step.format(id=id, name=name) for id, name in names.items()))
    assert [one.element for one in told.problems if one.code == "mixed-style"] == ["b"]


GOOD = """Check order|Confirm order|Pick goods|Send invoice|Approve quotation|Call the customer|Reserve stock|Print labels|Pay supplier
Close complaint|Settle findings|Fill in form|Inspect returned goods|Create credit note|Release to picking|Order material|Plan job|Sign contract
Inform sales|Write off rest|Prüfen|Auftrag prüfen|Bestellung bestätigen|Ware kommissionieren|Rechnung senden|Angebot freigeben|Kunden anrufen
Bestand reservieren|Etiketten drucken|Lieferanten bezahlen|Reklamation abschließen|Befunde klären|Formular ausfüllen|Rücksendung untersuchen
Gutschrift erstellen|Material bestellen|Auftrag einplanen|Vertrag unterschreiben|Vertrieb informieren|Freigeben"""
BAD = """Order confirmation|The order|Goods|Invoice to the customer|Customer data|Yes|Quotation process|Order handling|Approval|Stock
Complaints department|Second look|Form|Returned goods|Credit note|Final step|Material|Job|Contract signature|Sales information|Auftragsprüfung
Bestellbestätigung|Waren|Rechnungen|Angebotsfreigabe|Kunden|Daten|Etiketten|Lieferantenzahlung|Reklamationen|Befunde|Formular|Rücksendungen
Gutschrift|Materialbestellung|Einplanung|Vertragsunterschrift|Kundeninformation|Freigabe|Der neue Auftrag"""


def test_forty_good_and_forty_bad_labels_are_judged_right() -> None:
    good, bad = ([label for line in text.split("\n") for label in line.split("|")] for text in (GOOD, BAD))
    assert (len(good), len(bad)) == (40, 40)
    english = [is_deed(label, "en") for label in good[:20]] + [is_deed(label, "en") for label in bad[:20]]
    german = [is_deed(label, "de") for label in good[20:]] + [is_deed(label, "de") for label in bad[20:]]
    assert english == german == [True] * 20 + [False] * 20
    assert all(is_short(label) for label in good)


def test_a_map_keeps_the_kind_of_thing_that_runs_through_it(shop: Any) -> None:
    orders, yearly = (
        drawn("whose", DECIDE).replace('o:subject="order"', f'o:subject="{kind}"') for kind in ("order", "company")
    )
    assert run("workflow.publish", boss(shop), [PublishMap(orders)]).ok
    refused = run("workflow.publish", boss(shop), [PublishMap(yearly)])
    (refusal,) = refused.refused
    assert (refusal.code, refusal.facts["subject_before"], refusal.facts["subject_now"]) == (
        "subject-fixed",
        "order",
        "company",
    )
    assert "the way of: Orders" in refusal_text(refusal)
    assert len(ask("workflow.versions", boss(shop), map="whose")) == 1
    again = orders.replace("Decide", "Decide twice")
    assert run("workflow.publish", boss(shop), [PublishMap(again)]).ok, "for the same subject it goes on"
    assert saved(shop, "whose", yearly).ok
    assert [one.code for one in run("workflow.publish_draft", boss(shop), [PublishDraft("whose")]).refused] == [
        "subject-fixed"
    ]
