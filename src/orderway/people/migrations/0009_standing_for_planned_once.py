from django.db import migrations

# As before, but in the procedural language: an SQL function is taken apart into every statement that asks it, twice in the row condition
# of work items, and planning that took ten times as long as running it. Here its own plan is kept by the connection.
STANDING = """
create or replace function standing_for(company bigint, deputy bigint, moment timestamptz)
returns table (person_id bigint, depth integer) language plpgsql stable rows 3 as $$
#variable_conflict use_column
begin
    return query
    with recursive chain as (
        select a.person_id, 1 as depth from absence a
        where a.company_id = company and a.deputy_id = deputy and a.state = 'approved'
          and a.starts_at <= moment and moment < a.ends_at
        union
        select a.person_id, c.depth + 1 from chain c join absence a on a.deputy_id = c.person_id
        where a.company_id = company and a.state = 'approved' and a.starts_at <= moment and moment < a.ends_at and c.depth < 20
    )
    select chain.person_id, min(chain.depth) from chain where chain.person_id <> deputy group by chain.person_id;
end
$$
"""


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0008_calendar_stamp'),
    ]

    operations = [migrations.RunSQL(STANDING, migrations.RunSQL.noop)]
