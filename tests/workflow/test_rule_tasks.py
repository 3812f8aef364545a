"""Rule tasks: the published table says which way a subject goes, and what fired is kept (DX-21, CF-61)."""

import random
from decimal import Decimal

from workflow_trial import SYSTEM, change, drawing, flow, flows, publish, standing, trials, work

from orderway.decisions.commands import PublishTable
from orderway.kernel.running import ask, run
from orderway.workflow.commands.proceed import StartMap

COLUMNS = """<input label="Total"><inputExpression typeRef="number"><text>total</text></inputExpression></input>
<input label="Flag"><inputExpression typeRef="boolean"><text>flag</text></inputExpression></input><output name="route" typeRef="string"/>"""


def table(*rules: tuple[str, str, str]) -> str:
    rows = "".join(
        f"<rule><inputEntry><text><![CDATA[{total}]]></text></inputEntry><inputEntry><text>{flag}</text></inputEntry>"
        f'<outputEntry><text>"{route}"</text></outputEntry></rule>'
        for total, flag, route in rules
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="urn:way" name="way">'
        f'<decision id="way" name="Way"><decisionTable hitPolicy="FIRST">{COLUMNS}{rows}</decisionTable></decision></definitions>'
    )


def publish_table(*rules: tuple[str, str, str]) -> None:
    outcome = run("decisions.publish", SYSTEM, [PublishTable(table(*rules), "trial", "tried")])
    assert outcome.ok, outcome.refused


RULES = (
    ("< 100", "-", "small"),
    ("[100..1000)", "true", "checked"),
    ("[100..1000)", "-", "plain"),
    ("-", "-", "large"),
)
ROUTED = drawing(
    '<businessRuleTask id="k" name="Which way" o:decision="way"/><exclusiveGateway id="g" default="g.large"/>'
    + "".join(work(name, "done") for name in ("small", "checked", "plain", "large"))
    + flows("s k g large e", "small e", "checked e", "plain e")
    + "".join(flow("g", name, f'route = "{name}"') for name in ("small", "checked", "plain"))
)


def rule_of(total: Decimal, flag: bool) -> int:
    """The same rules by hand, counted from 1."""
    if total < 100:
        return 1
    if total < 1000:
        return 2 if flag else 3
    return 4


def test_five_hundred_go_the_way_of_the_table_and_each_keeps_the_rule_that_fired(trial):
    chance = random.Random(21)
    publish_table(*RULES)
    publish(ROUTED)
    ids = trials(500)
    asked = {}
    for id in ids:
        asked[id] = (Decimal(chance.choice((1, 99, 100, 500, 999, 1000, 20_000))), chance.random() < 0.5)
        change(id, total=asked[id][0], flag=asked[id][1])
    assert run("workflow.start", SYSTEM, [StartMap("trial_map", id) for id in ids]).ok
    for id, (total, flag) in asked.items():
        rule = rule_of(total, flag)
        assert standing(id) == [(RULES[rule - 1][2], "waiting")], (total, flag)
    for id in ids[:20]:
        (why,) = ask("decisions.why", SYSTEM, subject_type="trial", subject=id)
        assert [number for number, _ in why.rules] == [rule_of(*asked[id])]
        assert Decimal(why.values["total"]) == asked[id][0]


def test_a_new_version_of_the_table_counts_for_those_that_come_to_it_later(trial):
    publish_table(*RULES)
    publish(ROUTED)
    early, late = trials(2, total=5)
    run("workflow.start", SYSTEM, [StartMap("trial_map", early)])
    publish_table(("-", "-", "large"))
    run("workflow.start", SYSTEM, [StartMap("trial_map", late)])
    assert standing(early) == [("small", "waiting")]
    assert standing(late) == [("large", "waiting")]


def test_a_map_cannot_ask_a_table_about_another_kind_of_thing(trial):
    publish_table(*RULES)
    (found,) = [
        problem
        for problem in ask(
            "workflow.lint", SYSTEM, xml=ROUTED.replace('o:subject="trial"', 'o:subject="order"')
        ).problems
        if problem.code == "unknown-decision"
    ]
    assert found.element == "k"
