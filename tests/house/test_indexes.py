"""Each row that is written is written into every index of its table: none may be there for nothing."""

import pytest
from django.db import connection

INDEXES = """
select i.indrelid::regclass::text as table_name, c.relname as index_name, i.indisunique as is_unique, i.indkey::text as columns,
  i.indclass::text as kinds, array_length(i.indkey::int[], 1) as width
from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid join pg_am m on m.oid = c.relam
where t.relnamespace = 'public'::regnamespace and not t.relispartition and i.indpred is null and i.indexprs is null
  and m.amname = 'btree' and not starts_with(t.relname, 'auth_') and not starts_with(t.relname, 'procrastinate_')
order by 1, 2"""


@pytest.mark.usefixtures("db")
def test_no_index_is_the_beginning_of_another_one() -> None:
    with connection.cursor() as cursor:
        cursor.execute(INDEXES)
        rows = cursor.fetchall()
    needless = [
        f"{table}: {short} is how {long} begins"
        for table, short, unique, columns, kinds, width in rows
        for of, long, _, wider, wider_kinds, more in rows
        if of == table and long != short and not unique
        if f"{wider} ".startswith(f"{columns} ") and f"{wider_kinds} ".startswith(f"{kinds} ")
        if more > width or long < short
    ]

    assert needless == [], "db_index=False for a foreign key that a longer index begins with"


@pytest.mark.usefixtures("db")
def test_no_index_holds_the_company_alone() -> None:
    """All rows of a house are of one or a few companies: such an index finds nothing that reading the table would not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select indexname from pg_indexes where schemaname = 'public' and indexdef like '%%(company_id)' and not indexdef like "
            "'%% UNIQUE %%'"
        )
        assert cursor.fetchall() == []
