"""An administrator says what people can do, of many at once; what no word can be is refused, and the log says what was before."""

from orderway.kernel.access import system_actor
from orderway.kernel.running import ask, run
from orderway.kernel.sql import fetch
from orderway.people.commands import SetSkills


def able(shop):
    return {one.id: one.skills for one in ask("people.persons", shop.manager) if one.skills}


def test_skills_are_said_of_a_set_of_persons_and_replaced_whole(shop):
    first = [SetSkills(shop.manager.id, ["Data  check", "ENGLISH", "english"]), SetSkills(shop.planner.id, ["english"])]
    assert run("people.set_skills", shop.administrator, first).done == [shop.manager.id, shop.planner.id]
    assert able(shop) == {shop.manager.id: ["data check", "english"], shop.planner.id: ["english"]}
    assert run("people.set_skills", shop.administrator, [SetSkills(shop.manager.id, ["english", "export"])]).ok
    assert run("people.set_skills", shop.administrator, [SetSkills(shop.planner.id, ["english"])]).ok, "nothing changes"
    assert able(shop) == {shop.manager.id: ["english", "export"], shop.planner.id: ["english"]}
    told = fetch(
        "select coalesce(data -> 'says', data) as says, subject_id from event where name = 'person.skills_set' order by id",
        {},
    )
    assert [(row.subject_id, row.says["before"], row.says["skills"]) for row in told] == [
        (shop.manager.id, [], ["data check", "english"]),
        (shop.planner.id, [], ["english"]),
        (shop.manager.id, ["data check", "english"], ["english", "export"]),
    ]


def test_what_no_word_can_be_and_whom_we_do_not_know_is_refused(shop):
    wrong = [
        SetSkills(shop.manager.id, ["english, export"]),
        SetSkills(shop.planner.id, ["  "]),
        SetSkills(10**9, ["x"]),
        SetSkills(shop.quality.id, ["x" * 41]),
        SetSkills(shop.purchasing.id, ["x" * 40]),
    ]
    codes = [one.code for one in run("people.set_skills", shop.administrator, wrong).refused]
    assert codes == ["bad-skill", "bad-skill", "unknown-person", "bad-skill"]
    assert able(shop) == {}
    assert run("people.set_skills", shop.administrator, wrong, partial=True).done == [shop.purchasing.id]
    assert list(able(shop)) == [shop.purchasing.id]


def test_the_neighbour_has_skills_of_his_own(shop):
    assert run("people.set_skills", shop.administrator, [SetSkills(shop.manager.id, ["english"])]).ok
    stranger = system_actor(shop.stranger.company_id)
    assert run("people.set_skills", stranger, [SetSkills(shop.manager.id, [])]).refused[0].code == "unknown-person"
    assert able(shop) == {shop.manager.id: ["english"]}
