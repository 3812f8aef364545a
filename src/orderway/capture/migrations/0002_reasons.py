"""Why an input was not read is kept as codes with facts; what was kept as English text before stays readable."""

from django.db import migrations, models

# the texts of our own that were kept so far, whole or before what a program said; everything else stays as it was written
TELL = """
update intake set reasons = jsonb_build_array(
    case
        when reason like 'reading-broke-off: %'
            then jsonb_build_object('code', 'broke-off', 'facts', jsonb_build_object('said', substr(reason, 20)))
        when reason like 'original-damaged: %'
            then jsonb_build_object('code', 'original-damaged', 'facts', jsonb_build_object('said', substr(reason, 19)))
        when reason = 'no-readable-attachment' then '{"code": "no-attachment"}'
        when reason = 'the file is empty' then '{"code": "empty"}'
        when reason = 'the PDF is protected by a password: ask the sender for one without' then '{"code": "password"}'
        when reason = 'a PDF is read by a person' then '{"code": "for-a-person", "facts": {"file": "pdf"}}'
        when reason = 'a TIFF (scan or fax) is read by a person' then '{"code": "for-a-person", "facts": {"file": "tiff"}}'
        when reason in ('a PNG picture is read by a person', 'a JPEG picture is read by a person')
            then '{"code": "for-a-person", "facts": {"file": "picture"}}'
        when reason = 'a web page is read by a person' then '{"code": "for-a-person", "facts": {"file": "html"}}'
        when reason = 'a text is read by a person' then '{"code": "for-a-person", "facts": {"file": "text"}}'
        when reason = 'an archive is unpacked by a person' then '{"code": "for-a-person", "facts": {"file": "zip"}}'
        when reason = 'no reader knows this kind of file' then '{"code": "for-a-person", "facts": {"file": "unknown"}}'
        else jsonb_build_object('code', 'as-written', 'facts', jsonb_build_object('text', reason))
    end)
where reason <> ''
"""


class Migration(migrations.Migration):
    dependencies = [("capture", "0001_initial")]

    operations = [
        migrations.AddField("intake", "reasons", models.JSONField(default=list)),
        migrations.RunSQL(TELL, migrations.RunSQL.noop),
        migrations.RemoveField("intake", "reason"),
    ]
