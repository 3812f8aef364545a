"""The database itself refuses to change the archive: entries, nodes and roots are only added, openings only deleted."""

from django.db import migrations

FORWARD = """
create function refuse_archived() returns trigger language plpgsql as $$
begin
    raise exception '% % is archived', tg_table_name, old.id using errcode = 'restrict_violation';
end $$;

create trigger archive_entry_kept before update or delete on archive_entry
    for each row execute function refuse_archived();
create trigger archive_node_kept before update or delete on archive_node
    for each row execute function refuse_archived();
create trigger archive_root_kept before update or delete on archive_root
    for each row execute function refuse_archived();
create trigger archive_erasure_kept before update or delete on archive_erasure
    for each row execute function refuse_archived();
create trigger archive_opening_kept before update on archive_opening
    for each row execute function refuse_archived();
create trigger archive_paper_kept before update on archive_paper for each row
    when (old.erased_at is not null or (old.file, old.sha256, old.size) is distinct from (new.file, new.sha256, new.size))
    execute function refuse_archived();
create trigger archive_paper_there before delete on archive_paper
    for each row execute function refuse_archived();
"""

BACKWARD = """
drop trigger archive_entry_kept on archive_entry;
drop trigger archive_node_kept on archive_node;
drop trigger archive_root_kept on archive_root;
drop trigger archive_erasure_kept on archive_erasure;
drop trigger archive_opening_kept on archive_opening;
drop trigger archive_paper_kept on archive_paper;
drop trigger archive_paper_there on archive_paper;
drop function refuse_archived();
"""


class Migration(migrations.Migration):
    dependencies = [("archive", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
