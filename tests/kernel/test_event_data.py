"""An installation that keeps what events say as jsonb is renewed: nothing of it is lost, and where it is so already nothing is done."""

import json
from importlib import import_module

import pytest
from django.db import connection

from orderway.kernel.sql import fetch

FORWARD = import_module("orderway.kernel.migrations.0003_event_data_as_text").FORWARD
KINDS = """select distinct format_type(a.atttypid, null) as kind from pg_attribute a
           where a.attname = 'data' and (a.attrelid = 'event'::regclass
               or a.attrelid in (select inhrelid from pg_inherits where inhparent = 'event'::regclass))"""
PLACES = "select inhrelid::bigint as part, pg_relation_filenode(inhrelid)::bigint as file from pg_inherits where inhparent = 'event'::regclass order by 1"


def execute(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text)


def kinds() -> list[str]:
    return [row.kind for row in fetch(KINDS, {})]


def said() -> dict[int, object]:
    return {row.id: json.loads(row.data) for row in fetch("select id, data::text as data from event", {})}


def files() -> list[tuple[int, int]]:
    return [(row.part, row.file) for row in fetch(PLACES, {})]


@pytest.mark.usefixtures("shop")
def test_what_events_say_becomes_json_text_with_nothing_lost():
    before = said()
    assert before
    execute("alter table event alter column data type jsonb using data::jsonb")
    assert kinds() == ["jsonb"]
    execute(FORWARD)
    assert (kinds(), said()) == (["json"], before)


@pytest.mark.usefixtures("shop")
def test_where_it_is_so_already_no_file_is_written_anew():
    before = files()
    assert before
    execute(FORWARD)
    assert (kinds(), files()) == (["json"], before)
