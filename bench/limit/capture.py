"""Taking orders in by hand: the rows that the product made of a file, by COPY into the same tables, a transaction for all.

The rows are read off our side before the time starts. Indexes, constraints, foreign keys and triggers are the product's own.
"""

from dataclasses import dataclass, field

import psycopg
from psycopg import sql

BY_TRIGGER = "procrastinate_events"
TABLES = """select c.relname from pg_class c
where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace
  and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'id' and a.atttypid = 'bigint'::regtype)
order by c.relname"""
COLUMNS = """select a.attname from pg_attribute a
where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum"""


@dataclass(slots=True)
class Copied:
    """The rows that a database has more than before, as COPY text by table."""

    url: str
    before: dict[str, int] = field(default_factory=dict)
    rows: dict[str, tuple[list[str], bytes]] = field(default_factory=dict)

    def mark(self) -> None:
        """What is there now is not copied."""
        with psycopg.connect(self.url) as connection:
            for (table,) in connection.execute(TABLES).fetchall():
                newest = connection.execute(
                    sql.SQL("select coalesce(max(id), 0) from {}").format(sql.Identifier(table))
                )
                row = newest.fetchone()
                self.before[table] = row[0] if row else 0

    def read(self) -> None:
        """Read what was added since the mark."""
        with psycopg.connect(self.url) as connection:
            for table, newest in self.before.items():
                if table == BY_TRIGGER:
                    continue
                columns = [str(row[0]) for row in connection.execute(COLUMNS, (table,))]
                names = sql.SQL(", ").join(map(sql.Identifier, columns))
                text = sql.SQL("copy (select {} from {} where id > {} order by id) to stdout").format(
                    names, sql.Identifier(table), sql.Literal(newest)
                )
                with connection.cursor().copy(text) as copy:
                    self.rows[table] = (columns, b"".join(copy))

    def write(self, url: str) -> None:
        """Write it into another database; its foreign keys are looked at when the transaction ends."""
        with psycopg.connect(url) as connection:
            for table, (columns, data) in self.rows.items():
                if not data:
                    continue
                names = sql.SQL(", ").join(map(sql.Identifier, columns))
                text = sql.SQL("copy {} ({}) from stdin").format(sql.Identifier(table), names)
                with connection.cursor().copy(text) as copy:
                    copy.write(data)
