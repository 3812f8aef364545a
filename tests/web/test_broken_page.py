"""What breaks a page is told to the person in a sentence, and to whoever runs the house in the log."""

import io
import logging

from django.core.handlers.exception import response_for_exception
from django.test import RequestFactory


def test_what_breaks_a_page_stands_in_the_log(db: None) -> None:
    (handler,) = logging.getLogger("django.request").handlers
    assert isinstance(handler, logging.StreamHandler)
    said = io.StringIO()
    before = handler.setStream(said)
    try:
        int("no such line")
    except ValueError as broken:
        response = response_for_exception(RequestFactory().get("/orders/7"), broken)
    finally:
        handler.setStream(before)
    assert response.status_code == 500
    assert "Traceback" not in response.content.decode()
    assert "/orders/7" in said.getvalue()
    assert "no such line" in said.getvalue()
    assert 'tests/web/test_broken_page.py", line' in said.getvalue()
