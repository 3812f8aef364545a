from django.db import migrations

# Rows that change their company are another calendar to both, and a table that is emptied at once tells of no rows.
WHOLE = """
create or replace function stamp_calendars() returns trigger language plpgsql as $$
declare
    named text = case tg_table_name when 'company' then 'id' else 'company_id' end;
begin
    insert into calendar_stamp (company_id, stamp)
    select c.id, gen_random_uuid() from company c
    where tg_op = 'TRUNCATE' or c.id in ((to_jsonb(old) ->> named)::bigint, (to_jsonb(new) ->> named)::bigint)
    on conflict (company_id) do update set stamp = excluded.stamp;
    return null;
end
$$;
create trigger department_calendar_emptied after truncate on department for each statement execute function stamp_calendars();
create trigger working_hours_calendar_emptied after truncate on working_hours for each statement execute function stamp_calendars();
create trigger holiday_calendar_emptied after truncate on holiday for each statement execute function stamp_calendars();
drop trigger department_calendar on department;
create trigger department_calendar after insert or delete or update of key, timezone, company_id on department
    for each row execute function stamp_calendars();
"""
BEFORE = """
drop trigger department_calendar_emptied on department;
drop trigger working_hours_calendar_emptied on working_hours;
drop trigger holiday_calendar_emptied on holiday;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0009_standing_for_planned_once'),
    ]

    operations = [
        migrations.RunSQL(WHOLE, BEFORE),
    ]
