from django.db import migrations

# Which day it is where a company is. Ask it as `(select today_of(...))`: then it is worked out once a statement, not once a row.
TODAY = """
create function today_of(company bigint, moment timestamptz) returns date language sql stable as $$
    select (moment at time zone c.timezone)::date from company c where c.id = $1
$$
"""


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0012_calendar_stamp_by_key'),
    ]

    operations = [
        migrations.RunSQL(TODAY, "drop function today_of(bigint, timestamptz)"),
    ]
