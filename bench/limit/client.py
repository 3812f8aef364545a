"""A client that places orders with one prepared statement each: token aside, what the API does for one order.

Started with the address of a database and the person who acts. It reads a line of orders, then a line that lets it go.
"""

import json
import sys
from decimal import Decimal
from secrets import token_hex

import psycopg

from .place import EVENTS, PARTS, placing
from .writing import changes, event, step

PARTS_ON_A_MAP = {
    **PARTS,
    "map": """select d.id as definition, v.id as version
from process_definition d join process_version v on v.definition_id = d.id
where d.company_id = 1 and d.key = 'trade_order' order by v.number desc limit 1""",
    "instance": """insert into process_instance (id, company_id, definition_id, version_id, root_id, subject_type, subject_id, state,
    started_at, path, path_at, values)
select n.id, 1, m.definition, m.version, n.id, 'order', o.id, 'running', now(), array['to_check'], array[now()], '{}'
from orders o cross join map m cross join (select nextval('process_instance_id_seq') as id) n
returning *""",
    "stands": """insert into token (company_id, instance_id, definition_id, node, came_by, state, entered_at, outcome, reason, reason_code)
select 1, id, definition_id, 'check', 'to_check', 'waiting', now(), '', '', '' from instance
returning *""",
    "work": """insert into work_item (company_id, definition_id, instance_id, token_id, node, subject_type, subject_id, role, state,
    opened_at, why, why_code, outcome, sends_back, reason, values, checks)
select 1, t.definition_id, t.instance_id, t.id, 'check', 'order', i.subject_id, 'manager', 'open', now(), '', '', '', false, '', '{}',
       '{}'
from stands t cross join instance i""",
    "log": """insert into command_log (id, actor_id, company_id, key, command, digest, outcome, at)
select c.id, %(actor)s::bigint, 1, %(key)s::text, 'orders.place', %(digest)s::text,
       jsonb_build_object('done', jsonb_build_array(o.id), 'refused', '[]'::jsonb,
                          'values', jsonb_build_object('numbers', jsonb_build_array(o.number))), now()
from orders o cross join c
on conflict (actor_id, key) do nothing""",
}
STARTED = event(
    "workflow.start",
    "process.started",
    "order",
    "order",
    ("i.subject_id", "i.subject_id"),
    changes("'[]'::json", "'map', 'trade_order'"),
    "instance i",
)
PLACE = step(PARTS_ON_A_MAP, (*EVENTS, STARTED), "select id, number from orders")


def serve(url: str, person: int) -> None:
    """Place what is read from standard input, a list of orders at a time, until it ends."""
    with psycopg.connect(url, autocommit=True, prepare_threshold=0) as connection:
        for line in sys.stdin:
            orders = [(customer, [(item, Decimal(q)) for item, q in lines]) for customer, lines in json.loads(line)]
            print("done", flush=True)
            sys.stdin.readline()
            for order in orders:
                keyed = {"key": token_hex(16), "digest": token_hex(32), "actor": person}
                row = connection.execute(PLACE, {**placing([order], "api"), **keyed}, prepare=True).fetchone()
                assert row
            print("done", flush=True)


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
