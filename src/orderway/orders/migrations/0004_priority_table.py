from django.db import migrations

# The decision table that gives the orders of a company their class, where one is drawn (its key: PRIORITY_TABLE in orders/rules.py).
# A function that PostgreSQL writes into the statements that ask it, so it costs what the expression would.
TABLE = """
create function priority_table(company bigint)
returns table (id bigint) language sql stable rows 1 as $$
    select d.id from decision_definition d
    where d.key = 'order_priority' and d.subject_type = 'order' and d.company_id = company
$$
"""


class Migration(migrations.Migration):

    dependencies = [
        ('decisions', '0001_initial'),
        ('orders', '0003_priority'),
    ]

    operations = [
        migrations.RunSQL(TABLE, "drop function priority_table(bigint)"),
    ]
