"""The database itself refuses to change what is sealed or committed; only an erasure may, in a transaction that says so."""

from django.db import migrations

FORWARD = """
create function refuse_sealed() returns trigger language plpgsql as $$
begin
    if current_setting('orderway.erasing', true) = 'on' and tg_op = 'UPDATE' then
        return new;
    end if;
    raise exception '% % is sealed', tg_table_name, old.id using errcode = 'restrict_violation';
end $$;

create function refuse_sealed_document() returns trigger language plpgsql as $$
begin
    if current_setting('orderway.erasing', true) = 'on' and tg_op = 'UPDATE' then
        return new;
    end if;
    if exists (select from document_version v where v.document_id = old.id and v.sealed_at is not null) then
        raise exception 'document % is sealed', old.id using errcode = 'restrict_violation';
    end if;
    return coalesce(new, old);
end $$;

create function refuse_closed_value() returns trigger language plpgsql as $$
begin
    if current_setting('orderway.erasing', true) = 'on' and tg_op = 'UPDATE' then
        return new;
    end if;
    if exists (select from parcel p where p.id = old.parcel_id and p.state <> 'open') then
        raise exception 'index value % belongs to a closed parcel', old.id using errcode = 'restrict_violation';
    end if;
    return coalesce(new, old);
end $$;

create trigger document_version_sealed before update or delete on document_version
    for each row when (old.sealed_at is not null) execute function refuse_sealed();
create trigger parcel_committed before update or delete on parcel
    for each row when (old.state = 'committed') execute function refuse_sealed();
create trigger document_sealed before update or delete on document
    for each row execute function refuse_sealed_document();
create trigger index_value_closed before update or delete on index_value
    for each row execute function refuse_closed_value();
"""

BACKWARD = """
drop trigger document_version_sealed on document_version;
drop trigger parcel_committed on parcel;
drop trigger document_sealed on document;
drop trigger index_value_closed on index_value;
drop function refuse_sealed();
drop function refuse_sealed_document();
drop function refuse_closed_value();
"""


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
