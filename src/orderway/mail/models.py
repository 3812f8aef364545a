"""What came in and what goes out: one row a message, whatever carried it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from orderway.documents.models import DocumentVersion, Parcel
from orderway.people.models import Company

STATES = ("received", "ready", "sent", "failed")


class Message(models.Model):
    """A message in (`received`) or out (`ready` to go, `sent`, or `failed` for good).

    `external_id` is the Message-ID without angle brackets, empty where the channel has none; `sha256` is that of the raw bytes,
    of an outgoing message once it was sent. `once` names what an outgoing message is for, so that it is written one time only.
    `unanswered` counts deliveries that were begun and of which nobody knows how they ended.
    """

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    direction = models.TextField()
    channel = models.TextField()
    external_id = models.TextField(default="")
    sha256 = models.CharField(max_length=64, default="")
    once = models.TextField(default="")
    sender = models.TextField(default="")
    recipients = ArrayField(models.TextField())
    subject = models.TextField(default="")
    text = models.TextField(default="")
    language = models.CharField(max_length=5, default="")
    state = models.TextField()
    error = models.TextField(default="")
    tries = models.IntegerField(default=0)
    unanswered = models.IntegerField(default=0)
    written_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    parcel = models.ForeignKey(Parcel, models.PROTECT, null=True)
    subject_type = models.TextField(default="")
    subject_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "message"
        constraints = [
            models.CheckConstraint(condition=models.Q(direction__in=["in", "out"]), name="message_direction"),
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="message_state"),
            models.UniqueConstraint(
                fields=["company", "direction", "external_id"],
                condition=~models.Q(external_id=""),
                name="message_external_id",
            ),
            models.UniqueConstraint(
                fields=["company", "sha256"], condition=models.Q(direction="in"), name="message_content"
            ),
            models.UniqueConstraint(fields=["company", "once"], condition=~models.Q(once=""), name="message_once"),
        ]
        indexes = [
            models.Index(fields=["company", "direction", "-id"], name="message_newest"),
            models.Index(fields=["subject_type", "subject_id"], name="message_subject"),
        ]


class MessageAttachment(models.Model):
    """A version of a document that goes out with a message: pinned, so that what was sent can be shown for ever."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    message = models.ForeignKey(Message, models.CASCADE, db_index=False)
    version = models.ForeignKey(DocumentVersion, models.PROTECT)
    position = models.IntegerField()

    class Meta:
        db_table = "message_attachment"
        constraints = [models.UniqueConstraint(fields=["message", "position"], name="message_attachment_position")]
