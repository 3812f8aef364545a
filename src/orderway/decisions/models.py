"""Published decision tables, and what was decided by them on which values."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from orderway.people.models import Company, Person


class DecisionDefinition(models.Model):
    """A decision under its key, and the kind of subject it decides about."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    key = models.TextField()
    name = models.TextField()
    subject_type = models.TextField()

    class Meta:
        db_table = "decision_definition"
        constraints = [models.UniqueConstraint(fields=["company", "key"], name="decision_definition_key")]


class DecisionVersion(models.Model):
    """A published DMN file, byte for byte; never changed. `digest` is the SHA-256 of `xml`, `why` what the publisher noted."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    definition = models.ForeignKey(DecisionDefinition, models.PROTECT, db_index=False)
    number = models.IntegerField()
    xml = models.TextField()
    digest = models.CharField(max_length=64)
    why = models.TextField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(Person, models.PROTECT, null=True)

    class Meta:
        db_table = "decision_version"
        constraints = [models.UniqueConstraint(fields=["definition", "number"], name="decision_version_number")]


class DecisionDraft(models.Model):
    """A table that is being drawn and not published, one a key and company. `revision` counts its saves; the row goes when it is
    published."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    key = models.TextField()
    subject_type = models.TextField()
    xml = models.TextField()
    revision = models.IntegerField()
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(Person, models.PROTECT, null=True)

    class Meta:
        db_table = "decision_draft"
        constraints = [models.UniqueConstraint(fields=["company", "key"], name="decision_draft_key")]


class DecisionMade(models.Model):
    """One decision about one subject: which rules hit (from 1, none without a hit), on which values, with which result.

    A ledger: rows are added, never changed.
    """

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    version = models.ForeignKey(DecisionVersion, models.PROTECT, db_index=False)
    subject_type = models.TextField()
    subject_id = models.BigIntegerField()
    at = models.DateTimeField()
    decided_by = models.BigIntegerField(null=True)
    command_id = models.BigIntegerField()
    rules = ArrayField(models.IntegerField())
    values = models.JSONField()
    result = models.JSONField(null=True)

    class Meta:
        db_table = "decision_made"
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="decision_made_subject"),
            models.Index(fields=["version", "id"], name="decision_made_version"),
        ]
