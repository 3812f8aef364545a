"""What events say is kept as JSON text (json). Installations of before that keep it as jsonb: their column becomes what all read."""

from django.db import migrations

FORWARD = """
do $$
begin
    if exists (
        select from pg_attribute
        where attrelid = 'event'::regclass and attname = 'data' and atttypid = 'jsonb'::regtype
    ) then
        alter table event alter column data type json using data::json;
    end if;
end
$$
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0002_event")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
