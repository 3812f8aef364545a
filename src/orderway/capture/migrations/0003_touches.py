from django.db import migrations

# What people did to an order, from the door to the archive: the events of commands that a person gave (nobody is actor 0), of the order
# itself, of its parcel, and of the message and the input it was made of (not of other orders that came with the same message).
# A function that PostgreSQL writes into the statements that ask it, so it costs what the text would.
ACTS = """
create function acts_of_people(whose bigint, papers bigint)
returns table (id bigint, at timestamptz, command_id bigint, actor_id bigint, command text, name text) language sql stable rows 20 as $$
    select e.id, e.at, e.command_id, e.actor_id, e.command, e.name
    from event e where e.root_type = 'order' and e.root_id = whose and e.actor_id <> 0
    union all
    select e.id, e.at, e.command_id, e.actor_id, e.command, e.name
    from event e where e.root_type = 'parcel' and e.root_id = papers and e.actor_id <> 0
    union all
    select e.id, e.at, e.command_id, e.actor_id, e.command, e.name
    from intake i join event e on e.root_type = 'message' and e.root_id = i.message_id and e.actor_id <> 0
    where i.order_id = whose and (e.subject_type <> 'intake' or e.subject_id = i.id)
$$
"""


class Migration(migrations.Migration):

    dependencies = [
        ('capture', '0002_reasons'),
        ('kernel', '0002_event'),
    ]

    operations = [
        migrations.RunSQL(ACTS, "drop function acts_of_people(bigint, bigint)"),
    ]
