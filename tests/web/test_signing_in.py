"""Signing in, out, and a new password by mail; guessing is slowed down."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core import mail
from django.test import Client, override_settings

from orderway.people import signing_in
from orderway.people.models import Person
from orderway.web.middleware import POLICY

MAIL = "manager@kessler.example"
GOOD = "a long enough password"


@pytest.fixture
def browser(shop: Any) -> Client:
    person = Person.objects.get(email=MAIL)
    person.set_password(GOOD)
    person.save()
    mail.outbox = []
    return Client(headers={"host": "localhost"})


class LightArgon2(Argon2PasswordHasher):
    """The product's way of hashing with the least work: for stories that count guesses, not for those about a password."""

    time_cost, memory_cost, parallelism = 1, 8, 1


@pytest.fixture
def guessers(request: pytest.FixtureRequest) -> Iterator[Client]:
    """The browser of somebody who guesses dozens of times; each guess would cost a fifth of a second and 100 MB."""
    with override_settings(PASSWORD_HASHERS=[f"{__name__}.LightArgon2"]):
        yield request.getfixturevalue("browser")


def sign_in(browser: Client, password: str, mail: str = MAIL, **more: str) -> Any:
    return browser.post("/sign-in", {"username": mail, "password": password}, **more)


def test_the_right_password_opens_the_page_asked_for(browser):
    assert browser.get("/stock")["Location"] == "/sign-in?next=/stock"
    answer = browser.post("/sign-in?next=/stock", {"username": MAIL.upper(), "password": GOOD})
    assert answer["Location"] == "/stock"
    assert browser.get("/stock").status_code == 200
    assert browser.get("/sign-out").status_code == 405
    left = browser.post("/sign-out")
    assert (left["Location"], left["Clear-Site-Data"]) == ("/sign-in", '"cache"')
    assert browser.get("/stock").status_code == 302
    kept = Person.objects.get(email=MAIL).password
    assert kept.startswith("argon2$argon2id$v=19$m=102400,t=2,p=8$"), "hashed with the product's full work"


def test_a_wrong_password_says_so_without_saying_which_was_wrong(browser):
    known, unknown = sign_in(browser, "wrong"), sign_in(browser, "wrong", "nobody@kessler.example")
    for answer in (known, unknown):
        assert answer.status_code == 422
        assert "The mail address or the password is not right." in answer.content.decode()
    assert browser.get("/orders").status_code == 302


def test_after_eight_failures_even_the_right_password_waits(guessers):
    for _ in range(signing_in.LIMITS["both"]):
        assert sign_in(guessers, "guess").status_code == 422
    answer = sign_in(guessers, GOOD)
    assert answer.status_code == 429
    assert "Too many attempts" in answer.content.decode()
    assert sign_in(guessers, GOOD, REMOTE_ADDR="10.1.1.1").status_code == 302, "from elsewhere the owner still gets in"


def test_success_forgives_earlier_slips(guessers):
    for _ in range(signing_in.LIMITS["both"] - 1):
        sign_in(guessers, "slip")
    assert sign_in(guessers, GOOD).status_code == 302
    for _ in range(signing_in.LIMITS["both"] - 1):
        assert sign_in(Client(headers={"host": "localhost"}), "slip").status_code == 422


def test_one_mail_address_is_guarded_against_many_places(guessers):
    for n in range(signing_in.LIMITS["mail"]):
        assert sign_in(guessers, "guess", REMOTE_ADDR=f"10.0.{n}.1").status_code == 422
    assert sign_in(guessers, GOOD, REMOTE_ADDR="10.9.9.9").status_code == 429


def test_no_one_is_sent_to_another_site_after_signing_in(browser):
    answer = browser.post("/sign-in?next=https://evil.example/", {"username": MAIL, "password": GOOD})
    assert answer["Location"] == "/"


def test_pages_before_sign_in_guard_their_content(browser):
    for page in ("/sign-in", "/new-password", "/new-password/sent", "/new-password/done", "/new-password/MQ/wrong"):
        answer = browser.get(page)
        assert answer.status_code == 200, page
        assert answer["Content-Security-Policy"] == POLICY


@override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend")
def test_a_new_password_comes_by_mail_and_its_link_works_once(browser):
    Person.objects.filter(email=MAIL).update(password="!", language="de")
    assert browser.post("/new-password", {"email": MAIL})["Location"] == "/new-password/sent"
    (letter,) = mail.outbox
    assert letter.to == [MAIL]
    link = re.search(r"http://localhost(/new-password/\S+)", letter.body)[1]
    form = browser.get(link, follow=True)
    place = form.redirect_chain[-1][0]
    short = browser.post(place, {"new_password1": "short", "new_password2": "short"})
    assert short.status_code == 200
    assert "10" in short.content.decode()
    assert (
        browser.post(place, {"new_password1": "quite a new one 7", "new_password2": "quite a new one 7"})["Location"]
        == "/new-password/done"
    )
    assert sign_in(browser, "quite a new one 7").status_code == 302
    again = Client(headers={"host": "localhost"}).get(link, follow=True).content.decode()
    assert 'name="new_password1"' not in again


@override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend")
def test_an_unknown_address_gets_the_same_answer_and_no_mail(browser):
    assert browser.post("/new-password", {"email": "nobody@nowhere.example"})["Location"] == "/new-password/sent"
    assert mail.outbox == []
    for _ in range(signing_in.LIMITS["both"]):
        browser.post("/new-password", {"email": MAIL})
    assert len(mail.outbox) < signing_in.LIMITS["both"], "nobody's mailbox is filled"


def test_a_new_password_on_the_account_page_needs_the_old_one(browser):
    sign_in(browser, GOOD)
    wrong = browser.post("/account", {"old": "not it", "new": "another password 9", "again": "another password 9"})
    assert "not your present password" in wrong.content.decode()
    unlike = browser.post("/account", {"old": GOOD, "new": "another password 9", "again": "other"})
    assert "do not agree" in unlike.content.decode()
    assert (
        browser.post("/account", {"old": GOOD, "new": "another password 9", "again": "another password 9"}).status_code
        == 302
    )
    assert browser.get("/account").status_code == 200, "this browser stays signed in"
    assert sign_in(Client(headers={"host": "localhost"}), "another password 9").status_code == 302


def test_the_password_stands_in_no_event(browser, shop):
    from orderway.kernel.models import Event

    sign_in(browser, GOOD)
    browser.post("/account", {"old": GOOD, "new": "another password 9", "again": "another password 9"})
    event = Event.objects.filter(name="person.password_set").get()
    assert "argon2" not in str(event.data)
    assert "another password" not in str(event.data)
