import django.db.models.deletion
from django.db import migrations, models

# A trigger and not the commands, because a calendar that was kept longer than it is true would show nowhere.
STAMPS = """
insert into calendar_stamp (company_id, stamp) select id, gen_random_uuid() from company;
create function stamp_calendars() returns trigger language plpgsql as $$
declare
    changed jsonb = to_jsonb(coalesce(new, old));
begin
    insert into calendar_stamp (company_id, stamp)
    select c.id, gen_random_uuid() from company c
    where c.id = (changed ->> case tg_table_name when 'company' then 'id' else 'company_id' end)::bigint
    on conflict (company_id) do update set stamp = excluded.stamp;
    return null;
end
$$;
create trigger company_calendar after insert or update of timezone on company for each row execute function stamp_calendars();
create trigger department_calendar after insert or delete or update of key, timezone on department
    for each row execute function stamp_calendars();
create trigger working_hours_calendar after insert or update or delete on working_hours
    for each row execute function stamp_calendars();
create trigger holiday_calendar after insert or update or delete on holiday for each row execute function stamp_calendars();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0007_person_skill'),
    ]

    operations = [
        migrations.CreateModel(
            name='CalendarStamp',
            fields=[
                ('company', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, serialize=False, to='people.company')),
                ('stamp', models.UUIDField()),
            ],
            options={
                'db_table': 'calendar_stamp',
            },
        ),
        migrations.RunSQL(STAMPS, "drop function stamp_calendars cascade"),
    ]
