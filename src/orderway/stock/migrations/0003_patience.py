from django.db import migrations

# How long demands of a company wait at most before they go first: after `days` (`usual` where it has said nothing), so all that were placed
# before `until`. A function that PostgreSQL writes into the statements that ask it, so it costs what the expression would.
PATIENCE = """
create function patience(company bigint, moment timestamptz, usual integer)
returns table (days integer, until timestamptz) language sql stable rows 1 as $$
    select d.days, moment - make_interval(days => d.days)
    from (select coalesce((select s.patience_days from serving s where s.company_id = company), usual) as days) d
$$
"""


class Migration(migrations.Migration):

    dependencies = [
        ('stock', '0002_serving'),
    ]

    operations = [
        migrations.RunSQL(PATIENCE, "drop function patience(bigint, timestamptz, integer)"),
    ]
