"""The kernel's tables. `event` is partitioned by range of id, so its SQL stands in the first migration."""

from typing import Any

from django.db import models


class Json(models.JSONField):
    """PostgreSQL's `json`, not `jsonb`: written often and whole, seldom asked for a part. psycopg has read it already."""

    def db_type(self, connection: Any) -> str:  # noqa: ARG002 - Django's signature
        return "json"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:  # noqa: ARG002 - the same
        return value


class Event(models.Model):
    """A past-tense fact; see kernel/events.py."""

    at = models.DateTimeField()
    company_id = models.BigIntegerField()
    actor_id = models.BigIntegerField()
    on_behalf_of = models.BigIntegerField(null=True)
    cause = models.BigIntegerField(null=True)
    command_id = models.BigIntegerField()
    command = models.TextField()
    name = models.TextField()
    subject_type = models.TextField()
    subject_id = models.BigIntegerField()
    root_type = models.TextField()
    root_id = models.BigIntegerField()
    data = Json()

    class Meta:
        managed = False
        db_table = "event"


class Pending(models.Model):
    """A reaction still to run; see kernel/reacting.py."""

    reaction = models.TextField()
    event_id = models.BigIntegerField()
    company_id = models.BigIntegerField()
    command_id = models.BigIntegerField()
    subject_id = models.BigIntegerField()
    root_id = models.BigIntegerField()
    actor_id = models.BigIntegerField()
    depth = models.IntegerField()
    ready_at = models.DateTimeField()
    tries = models.IntegerField()
    error = models.TextField()

    class Meta:
        db_table = "pending"
        indexes = [
            models.Index(fields=["reaction", "company_id", "actor_id", "id"], name="pending_ready"),
            models.Index(fields=["command_id"], name="pending_command"),
        ]


class CommandLog(models.Model):
    """The answer given under an idempotency key."""

    actor_id = models.BigIntegerField()
    company_id = models.BigIntegerField()
    key = models.TextField()
    command = models.TextField()
    digest = models.TextField()
    outcome = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        db_table = "command_log"
        constraints = [models.UniqueConstraint(fields=["actor_id", "key"], name="command_log_key")]


class NumberSeries(models.Model):
    """The counter of a gap-free series."""

    company_id = models.BigIntegerField()
    series = models.TextField()
    next = models.BigIntegerField()

    class Meta:
        db_table = "number_series"
        constraints = [models.UniqueConstraint(fields=["company_id", "series"], name="number_series_once")]


class DeskException(models.Model):
    """Something that stopped and waits for a person; see kernel/desk.py."""

    company_id = models.BigIntegerField()
    command = models.TextField()
    code = models.TextField()
    event_id = models.BigIntegerField(null=True)
    subject_id = models.BigIntegerField()
    facts = models.JSONField()
    state = models.TextField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    times = models.IntegerField()

    class Meta:
        db_table = "desk_exception"
        constraints = [
            models.UniqueConstraint(
                fields=["company_id", "command", "subject_id", "code"],
                condition=models.Q(state="open"),
                name="desk_exception_once",
            )
        ]
