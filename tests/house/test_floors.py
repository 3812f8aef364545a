"""Foreign keys, migrations and SQL go down only, like the imports (which import-linter checks in `make check`)."""

import re

import source
from django.apps import apps
from django.db import models
from django.db.migrations.loader import MigrationLoader

OURS = [config for config in apps.get_app_configs() if config.name.startswith("orderway.")]


def owner_of_tables() -> dict[str, str]:
    tables = {
        model._meta.db_table: config.label for config in OURS for model in config.get_models(include_auto_created=True)
    }
    return tables


def test_every_package_stands_on_a_floor():
    assert {config.label for config in OURS} <= {name for floor in source.floors() for name in floor}


def test_every_foreign_key_points_down_or_stays():
    up = []
    for config in OURS:
        for model in config.get_models():
            for field in model._meta.get_fields():
                if isinstance(field, models.ForeignKey):
                    target = field.related_model._meta.app_label
                    if target != config.label and source.height(target) >= source.height(config.label):
                        up.append(f"{config.label}.{model.__name__}.{field.name} -> {target}")
    assert up == []


def test_every_migration_depends_on_lower_floors_only():
    loader = MigrationLoader(None, ignore_no_migrations=True)
    ours = {config.label for config in OURS}
    up = [
        f"{app}.{name} -> {other}"
        for (app, name), migration in loader.disk_migrations.items()
        if app in ours
        for other, _ in migration.dependencies
        if other in ours and other != app and source.height(other) >= source.height(app)
    ]
    assert up == []


WRITES = re.compile(r"\b(?:insert\s+into|update|delete\s+from)\s+(?:only\s+)?([a-z_]+)", re.IGNORECASE)
WORD = re.compile(r"\b[a-z_]+\b")


def test_every_sql_file_writes_its_own_tables_and_names_lower_ones():
    owners = owner_of_tables()
    wrong = []
    for file in source.SOURCE.rglob("*.sql"):
        package = source.package_of(file)
        text = "\n".join(line for line in file.read_text().splitlines() if not line.startswith("--"))
        text = re.sub(r"for (no key )?update( of \w+)?( skip locked| nowait)?", "", text)
        text = re.sub(r"do update set", "", text)
        for table in WRITES.findall(text):
            if table in owners and owners[table] != package:
                wrong.append(f"{file.name} of {package} writes {table}")
        for table in set(re.findall(r"\b(?:from|join|into|update|using)\s+([a-z_]+)\b", text)) & set(owners):
            if owners[table] != package and source.height(owners[table]) >= source.height(package):
                wrong.append(f"{file.name} of {package} names {table} of {owners[table]}")
    assert wrong == []
