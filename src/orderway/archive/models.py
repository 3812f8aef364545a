"""The archive: a chain of entries, the tree over it, its roots, and what opens the commitments in the manifests.

Rows are only ever added; the database refuses to change one. Erasure deletes openings and marks papers, nothing else.
"""

from django.db import models

from orderway.documents.models import DocumentVersion, Parcel
from orderway.people.models import Company


class ArchiveFormat(models.Model):
    """The format in which parcels of a kind are archived."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    parcel_kind = models.TextField()
    format = models.TextField()

    class Meta:
        db_table = "archive_format"
        constraints = [
            models.UniqueConstraint(fields=["company", "parcel_kind"], name="archive_format_once"),
            models.CheckConstraint(
                condition=models.Q(format__in=["original", "pdfa", "tiff", "zip+xml"]), name="archive_format_known"
            ),
        ]


class ArchiveEntry(models.Model):
    """A link of the company's chain (chain.py): a committed parcel, or an erasure. Hashes are 32 bytes."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    kind = models.TextField()
    seq = models.BigIntegerField()
    at = models.DateTimeField()
    parcel = models.OneToOneField(Parcel, models.PROTECT, null=True)
    manifest = models.TextField()
    manifest_digest = models.BinaryField()
    previous = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        db_table = "archive_entry"
        constraints = [
            models.UniqueConstraint(fields=["company", "seq"], name="archive_entry_seq"),
            models.UniqueConstraint(fields=["company", "hash"], name="archive_entry_hash"),
        ]


class ArchivePaper(models.Model):
    """A paper named in an entry's manifest: a version, or (`made_from` says of which) a form made from it.

    `erased_at` says that its content was erased; an entry of kind erasure says why.
    """

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    entry = models.ForeignKey(ArchiveEntry, models.PROTECT, db_index=False)
    file = models.TextField()
    version = models.ForeignKey(DocumentVersion, models.PROTECT, null=True)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    media_type = models.TextField()
    made_from = models.TextField(default="")
    erased_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "archive_paper"
        constraints = [models.UniqueConstraint(fields=["entry", "file"], name="archive_paper_file")]
        indexes = [models.Index(fields=["company", "sha256"], name="archive_paper_content")]


class ArchiveOpening(models.Model):
    """Text and salt behind a commitment: of `what` (value, name, person) with id `of`. Erasure deletes the row."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    entry = models.ForeignKey(ArchiveEntry, models.PROTECT, db_index=False)
    path = models.TextField()
    value = models.TextField()
    salt = models.BinaryField()
    what = models.TextField()
    of = models.BigIntegerField()

    class Meta:
        db_table = "archive_opening"
        constraints = [models.UniqueConstraint(fields=["entry", "path"], name="archive_opening_path")]
        indexes = [models.Index(fields=["company", "what", "of"], name="archive_opening_of")]


class ArchiveErasure(models.Model):
    """Which entries an erasure touched, so that their evidence carries it."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    erasure = models.ForeignKey(ArchiveEntry, models.PROTECT, related_name="+")
    entry = models.ForeignKey(ArchiveEntry, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        db_table = "archive_erasure"
        constraints = [models.UniqueConstraint(fields=["entry", "erasure"], name="archive_erasure_once")]


class ArchiveNode(models.Model):
    """A perfect subtree of the company's tree (tree.py), from level 0, the leaves; made when a root is taken."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    level = models.IntegerField()
    number = models.BigIntegerField()
    hash = models.BinaryField()

    class Meta:
        db_table = "archive_node"
        constraints = [models.UniqueConstraint(fields=["company", "level", "number"], name="archive_node_place")]


class ArchiveRoot(models.Model):
    """The root over the first `size` entries, made daily and whenever evidence needs it; `head` is to be noted outside."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    number = models.BigIntegerField()
    at = models.DateTimeField()
    size = models.BigIntegerField()
    root = models.BinaryField()
    previous = models.BinaryField()
    head = models.BinaryField()

    class Meta:
        db_table = "archive_root"
        constraints = [models.UniqueConstraint(fields=["company", "number"], name="archive_root_number")]
