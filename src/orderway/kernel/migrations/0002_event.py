"""The event table, partitioned by range of id, and the numbers of commands."""

from django.db import migrations

FORWARD = """
create sequence event_id_seq;
create sequence command_id_seq;
create table event (
    id bigint not null default nextval('event_id_seq') primary key,
    at timestamptz not null,
    company_id bigint not null,
    actor_id bigint not null,
    on_behalf_of bigint,
    cause bigint,
    command_id bigint not null,
    command text not null,
    name text not null,
    subject_type text not null,
    subject_id bigint not null,
    root_type text not null,
    root_id bigint not null,
    data json not null
) partition by range (id);
alter sequence event_id_seq owned by event.id;
create index event_root on event (root_type, root_id, id);
create index event_command on event (command_id);
create index event_name on event (company_id, name, id);
create table event_0 partition of event for values from (0) to (10000000);
create table event_1 partition of event for values from (10000000) to (20000000);
"""


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]
    operations = [
        migrations.RunSQL(FORWARD, "drop table event; drop sequence command_id_seq"),
        migrations.RunSQL("create extension if not exists pg_trgm", migrations.RunSQL.noop),
    ]
