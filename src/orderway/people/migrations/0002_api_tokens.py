"""Tokens for programs. The table that counts their calls is unlogged: it is worth a minute, and a call must not wait for the disk."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("label", models.TextField()),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("scopes", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("calls_a_minute", models.IntegerField()),
                ("issued_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("last_used_on", models.DateField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("company", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="people.company")),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "db_table": "api_token",
                "indexes": [models.Index(fields=["company", "person", "id"], name="api_token_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("issued_at"))), name="api_token_expires"
                    ),
                    models.CheckConstraint(condition=models.Q(("calls_a_minute__gt", 0)), name="api_token_calls"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiTokenUse",
            fields=[
                (
                    "token",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="people.apitoken",
                    ),
                ),
                ("minute", models.DateTimeField()),
                ("calls", models.IntegerField()),
            ],
            options={"db_table": "api_token_use"},
        ),
        migrations.RunSQL(
            "set constraints all immediate; alter table api_token_use set unlogged",
            "set constraints all immediate; alter table api_token_use set logged",
        ),
    ]
