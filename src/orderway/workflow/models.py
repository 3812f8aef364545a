"""Published maps, and where people and machines are with each subject. Facts about a subject live in the tables of its trade."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from orderway.people.models import Company, Department, Person

INSTANCE_STATES = ("running", "ended", "stopped")
TOKEN_STATES = ("ready", "waiting", "listening", "joining", "stuck")
ITEM_STATES = ("open", "done", "withdrawn")
NOTICE_STATES = ("waiting", "told", "dropped")
ARRIVAL_STATES = ("new", "kept", "taken")


class ProcessDefinition(models.Model):
    """A map under its key, and the kind of subject that runs through it. `starts` is what arrives to start its latest version."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    key = models.TextField()
    name = models.TextField()
    subject_type = models.TextField()
    starts = ArrayField(models.TextField(), default=list, db_default=[])

    class Meta:
        db_table = "process_definition"
        constraints = [models.UniqueConstraint(fields=["company", "key"], name="process_definition_key")]


class ProcessVersion(models.Model):
    """A published drawing, byte for byte; never changed. `digest` is the SHA-256 of `xml`, `note` what changed and why."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    definition = models.ForeignKey(ProcessDefinition, models.PROTECT, db_index=False)
    number = models.IntegerField()
    xml = models.TextField()
    digest = models.CharField(max_length=64)
    note = models.TextField(db_default="")
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(Person, models.PROTECT, null=True)

    class Meta:
        db_table = "process_version"
        constraints = [models.UniqueConstraint(fields=["definition", "number"], name="process_version_number")]


class ProcessDraft(models.Model):
    """A drawing that is not published, one a map and company. `revision` counts its saves; the row goes when it is published."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    map = models.TextField()
    xml = models.TextField()
    revision = models.IntegerField()
    saved_at = models.DateTimeField()
    saved_by = models.ForeignKey(Person, models.PROTECT, null=True)

    class Meta:
        db_table = "process_draft"
        constraints = [models.UniqueConstraint(fields=["company", "map"], name="process_draft_map")]


class ProcessInstance(models.Model):
    """A subject on its way through one version. Called maps run as instances of their own under the same `root`, whose row is
    the lock of them all. `path` holds the flows taken, in order, with their times; `values` what was filled into forms."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    definition = models.ForeignKey(ProcessDefinition, models.PROTECT)
    version = models.ForeignKey(ProcessVersion, models.PROTECT)
    root = models.ForeignKey("self", models.PROTECT, related_name="+", db_index=False)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    called_by = models.BigIntegerField(null=True)
    subject_type = models.TextField()
    subject_id = models.BigIntegerField()
    state = models.TextField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    path = ArrayField(models.TextField())
    path_at = ArrayField(models.DateTimeField())
    values = models.JSONField()
    started_by = models.BigIntegerField(null=True)
    due_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "process_instance"
        constraints = [
            models.UniqueConstraint(
                fields=["definition", "subject_id"],
                condition=models.Q(state="running", parent=None),
                name="process_instance_once",
            ),
            models.CheckConstraint(condition=models.Q(state__in=INSTANCE_STATES), name="process_instance_state"),
        ]
        indexes = [
            # of all instances: an index of the running ones tempts the planner to go through them all when it last saw none
            models.Index(fields=["root"], name="process_instance_root"),
            models.Index(fields=["subject_type", "subject_id", "id"], name="process_instance_subject"),
        ]


class Token(models.Model):
    """One place where an instance stands. `scope` is the token of the sub-process or repeated activity it runs in, `parent` the one
    it listens for (state listening) or undoes for. `signal` is what it listens to; `counts` how often something was done."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    instance = models.ForeignKey(ProcessInstance, models.CASCADE)
    definition = models.ForeignKey(ProcessDefinition, models.PROTECT, db_index=False)
    node = models.TextField()
    came_by = models.TextField()
    state = models.TextField()
    scope = models.BigIntegerField(null=True)
    parent = models.BigIntegerField(null=True)
    entered_at = models.DateTimeField()
    outcome = models.TextField()
    reason = models.TextField()
    reason_code = models.TextField()
    reason_by = models.BigIntegerField(null=True)
    signal = models.TextField(default="", db_default="")
    counts = models.JSONField(null=True)

    class Meta:
        db_table = "token"
        constraints = [models.CheckConstraint(condition=models.Q(state__in=TOKEN_STATES), name="token_state")]
        indexes = [
            models.Index(fields=["definition", "node", "id"], name="token_place"),
            models.Index(fields=["id"], name="token_ready", condition=models.Q(state="ready")),
            models.Index(fields=["company", "signal"], name="token_signal", condition=~models.Q(signal="")),
        ]


class WorkItem(models.Model):
    """A decision that waits for a person, or was made by one. `why` says why it came (back); `basis` what an approval rests on.
    `done_for` is who was away when a deputy decided; `escalation` the highest level told of so far, `escalated_to` its role.
    `round_of` is the token of the repeated step it is one round of; `extra` that its assignee has to agree beside the map's role."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    definition = models.ForeignKey(ProcessDefinition, models.PROTECT, db_index=False)
    instance = models.ForeignKey(ProcessInstance, models.CASCADE, db_index=False)
    token_id = models.BigIntegerField()
    node = models.TextField()
    subject_type = models.TextField()
    subject_id = models.BigIntegerField()
    role = models.TextField()
    department = models.ForeignKey(Department, models.PROTECT, null=True)
    assignee = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    state = models.TextField()
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    why = models.TextField()
    why_code = models.TextField()
    why_by = models.BigIntegerField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.BigIntegerField(null=True)
    outcome = models.TextField()
    sends_back = models.BooleanField()
    reason = models.TextField()
    values = models.JSONField()
    checks = ArrayField(models.TextField())
    basis = models.TextField(null=True)
    done_for = models.BigIntegerField(null=True)
    priority = models.SmallIntegerField(db_default=0)
    snoozed_until = models.DateTimeField(null=True)
    escalation = models.SmallIntegerField(db_default=0)
    escalated_to = models.TextField(db_default="")
    round_of = models.BigIntegerField(null=True)
    extra = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "work_item"
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=ITEM_STATES), name="work_item_state"),
            models.CheckConstraint(condition=models.Q(priority__range=(-1, 2)), name="work_item_priority"),
        ]
        indexes = [
            models.Index(
                fields=["company", "role", "due_at", "id"], name="work_item_list", condition=models.Q(state="open")
            ),
            models.Index(fields=["assignee", "due_at", "id"], name="work_item_mine", condition=models.Q(state="open")),
            models.Index(fields=["definition", "node", "id"], name="work_item_place"),
            models.Index(fields=["instance", "node", "id"], name="work_item_before"),
        ]


class Timer(models.Model):
    """A token goes on at `due_at`; the row is deleted when it does."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    token = models.OneToOneField(Token, models.CASCADE)
    due_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "timer"


class Arrival(models.Model):
    """Something happened to a subject. `new` until its instances were looked at, `kept` until a token comes that waits for it.
    With `token_id` it is a signal, for the one token that listened when it was given."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    subject_type = models.TextField()
    subject_id = models.BigIntegerField()
    name = models.TextField()
    at = models.DateTimeField()
    state = models.TextField()
    token_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "arrival"
        constraints = [models.CheckConstraint(condition=models.Q(state__in=ARRIVAL_STATES), name="arrival_state")]
        indexes = [
            models.Index(
                fields=["subject_type", "subject_id"], name="arrival_open", condition=~models.Q(state="taken")
            ),
            models.Index(fields=["company", "id"], name="arrival_new", condition=models.Q(state="new")),
            models.Index(fields=["company", "name"], name="arrival_kept", condition=models.Q(state="kept")),
        ]


class WorkQuestion(models.Model):
    """Somebody asks a colleague before they decide; the work item stays where it is."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    work_item = models.ForeignKey(WorkItem, models.CASCADE, db_index=False)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    text = models.TextField()
    asked_at = models.DateTimeField()
    answer = models.TextField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "work_question"
        indexes = [
            models.Index(fields=["person", "work_item"], name="work_question_asked"),
            models.Index(fields=["work_item", "id"], name="work_question_item"),
        ]


class WorkNotice(models.Model):
    """Something to tell people about a work item, or (without one) about a whole instance, at a moment: that it opened, that its due
    time comes near, or level after level that it is over. Told once; dropped when the work is done by then."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    instance = models.ForeignKey(ProcessInstance, models.CASCADE, db_index=False)
    work_item = models.ForeignKey(WorkItem, models.CASCADE, null=True, db_index=False)
    kind = models.TextField()
    level = models.SmallIntegerField()
    at = models.DateTimeField()
    to_role = models.TextField()
    state = models.TextField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "work_notice"
        constraints = [
            models.UniqueConstraint(
                fields=["instance", "work_item", "kind", "level"], name="work_notice_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=models.Q(state__in=NOTICE_STATES), name="work_notice_state"),
        ]
        indexes = [
            models.Index(fields=["at", "id"], name="work_notice_due", condition=models.Q(state="waiting")),
            models.Index(fields=["work_item"], name="work_notice_item"),
        ]


class DecisionLink(models.Model):
    """A link in a mail by which one person may decide one work item, once and until it expires. Only the digest is kept."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    work_item = models.ForeignKey(WorkItem, models.CASCADE)
    person = models.ForeignKey(Person, models.PROTECT)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "decision_link"


class Matter(models.Model):
    """Something that is no order and no other row of a trade, to be sent through a map: a name and what it is about."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    title = models.TextField()
    about = models.TextField()
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Person, models.PROTECT, null=True)

    class Meta:
        db_table = "matter"


class Instruction(models.Model):
    """What whoever started an instance tells everybody who works on it, beside the instructions of its map."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    instance = models.ForeignKey(ProcessInstance, models.CASCADE)
    text = models.TextField()
    said_by = models.ForeignKey(Person, models.PROTECT, null=True)
    said_at = models.DateTimeField()

    class Meta:
        db_table = "process_instruction"


class ExtraApprover(models.Model):
    """A person who has to agree to what is decided at a step of one instance, beside the role that the map names."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    instance = models.ForeignKey(ProcessInstance, models.CASCADE, db_index=False)
    node = models.TextField()
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()

    class Meta:
        db_table = "extra_approver"
        constraints = [models.UniqueConstraint(fields=["instance", "node", "person"], name="extra_approver_once")]


class Clock(models.Model):
    """When the clock starts a map next (its latest version), at which start event; `left` of its rings are to come, -1: no end."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    definition = models.ForeignKey(ProcessDefinition, models.CASCADE, db_index=False)
    node = models.TextField()
    due_at = models.DateTimeField(db_index=True)
    left = models.IntegerField()

    class Meta:
        db_table = "process_clock"
        constraints = [models.UniqueConstraint(fields=["definition", "node"], name="process_clock_once")]
