from django.db import migrations

# As before, but the companies are found by their key: to ask each of them made a thousand firms founded at once a million questions.
STAMP = """
create or replace function stamp_calendars() returns trigger language plpgsql as $$
declare
    named text = case tg_table_name when 'company' then 'id' else 'company_id' end;
begin
    insert into calendar_stamp (company_id, stamp)
    select c.id, gen_random_uuid() from company c
    where c.id = any(case when tg_op = 'TRUNCATE' then array(select every.id from company every)
                          else array[(to_jsonb(old) ->> named)::bigint, (to_jsonb(new) ->> named)::bigint] end)
    on conflict (company_id) do update set stamp = excluded.stamp;
    return null;
end
$$
"""


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0011_fewer_indexes'),
    ]

    operations = [migrations.RunSQL(STAMP, migrations.RunSQL.noop)]
