"""Parcels and what is in them. Content lies in the blob store (store.py) under its SHA-256; rows only name it.

Once sealed a version, and once committed a parcel, cannot be changed: the commands refuse it, and so does the database.
"""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models

from orderway.people.models import Company, Person

SOURCES = ("ocr", "barcode", "rule", "manual", "stated")


class Parcel(models.Model):
    """A folder of documents with index values, one a message or order; a `closed` one is on its way to the archive."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    number = models.TextField()
    kind = models.TextField()
    state = models.TextField()
    supplement_of = models.ForeignKey("self", models.PROTECT, null=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        db_table = "parcel"
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="parcel_number"),
            models.CheckConstraint(condition=models.Q(state__in=["open", "closed", "committed"]), name="parcel_state"),
        ]


class Blob(models.Model):
    """Content that some version names: `sha256` in hex, `size` in bytes. Each company has its own, shared by nobody."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()

    class Meta:
        db_table = "blob"
        constraints = [models.UniqueConstraint(fields=["company", "sha256"], name="blob_once")]


class Document(models.Model):
    """A document of a parcel; what it says stands in its newest version."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    parcel = models.ForeignKey(Parcel, models.PROTECT, db_index=False)
    name = models.TextField()
    kind = models.TextField()

    class Meta:
        db_table = "document"
        indexes = [models.Index(fields=["parcel", "id"], name="document_parcel")]


class DocumentVersion(models.Model):
    """One state of a document: its content, who put it there and when, when it was sealed, which version it replaces."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    parcel = models.ForeignKey(Parcel, models.PROTECT)
    document = models.ForeignKey(Document, models.PROTECT, db_index=False)
    number = models.IntegerField()
    blob = models.ForeignKey(Blob, models.PROTECT)
    media_type = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    sealed_at = models.DateTimeField(null=True)
    sealed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    replaces = models.ForeignKey("self", models.PROTECT, null=True)

    class Meta:
        db_table = "document_version"
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="document_version_number")]


class IndexValue(models.Model):
    """A named value of a parcel (`document` empty) or document, with where it came from and how sure that is.

    `page` counts from 1 and `box` is "left top right bottom" in points, where the value stands on paper. `personal` says
    that it names a person: the archive then keeps it so that it can be erased.
    """

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    parcel = models.ForeignKey(Parcel, models.PROTECT, db_index=False)
    document = models.ForeignKey(Document, models.PROTECT, null=True)
    name = models.TextField()
    value = models.TextField()
    source = models.TextField()
    confidence = models.DecimalField(max_digits=4, decimal_places=3, null=True)
    page = models.IntegerField(null=True)
    box = models.TextField(default="")
    personal = models.BooleanField(default=False)

    class Meta:
        db_table = "index_value"
        constraints = [
            models.UniqueConstraint(
                fields=["parcel", "document", "name"], name="index_value_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=models.Q(source__in=SOURCES), name="index_value_source"),
        ]


class DocumentLink(models.Model):
    """A document belongs to a subject of any kind: an order, a message, an invoice."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    subject_type = models.TextField()
    subject_id = models.BigIntegerField()
    document = models.ForeignKey(Document, models.PROTECT, db_index=False)

    class Meta:
        db_table = "document_link"
        constraints = [
            models.UniqueConstraint(fields=["subject_type", "subject_id", "document"], name="document_link_once")
        ]
        indexes = [models.Index(fields=["document"], name="document_link_document")]


class DocumentSearch(models.Model):
    """What a document is found by: `label` (parcel, name, index values) and `body` (the words on its pages)."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    document = models.OneToOneField(Document, models.PROTECT)
    label = models.TextField()
    body = models.TextField(default="")
    words = models.GeneratedField(
        expression=SearchVector("label", "body", config="simple"), output_field=SearchVectorField(), db_persist=True
    )

    class Meta:
        db_table = "document_search"
        indexes = [
            GinIndex(fields=["words"], name="document_search_words"),
            GinIndex(fields=["label"], name="document_search_label", opclasses=["gin_trgm_ops"]),
        ]
