"""Persons and what they may do. Roles are granted per company, so one person can work for several."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models

ABSENCE_STATES = ("requested", "approved", "refused", "withdrawn")


class Company(models.Model):
    """A firm that uses Orderway; every scoped row belongs to one."""

    name = models.TextField()
    street = models.TextField(default="")
    postcode = models.TextField(default="")
    city = models.TextField(default="")
    country = models.CharField(max_length=2)
    currency = models.CharField(max_length=3)
    timezone = models.TextField(default="UTC")
    language = models.CharField(max_length=5, default="en")
    vat_id = models.TextField(default="")
    tax_number = models.TextField(default="")
    iban = models.TextField(default="")
    bic = models.TextField(default="")
    email = models.TextField(default="")
    phone = models.TextField(default="")

    class Meta:
        db_table = "company"


class Department(models.Model):
    """A department with a work list of its own; `key` is the name the maps use."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    key = models.TextField()
    name = models.TextField()
    timezone = models.TextField(db_default="")  # empty: that of the company

    class Meta:
        db_table = "department"
        constraints = [models.UniqueConstraint(fields=["company", "key"], name="department_once")]


class PersonManager(BaseUserManager["Person"]):
    """Finds persons by their mail address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(email=(username or "").lower())


class Person(AbstractBaseUser):
    """Somebody who signs in. `company` is where they arrive; what they may do there stands in RoleGrant."""

    email = models.EmailField(unique=True)
    name = models.TextField()
    language = models.CharField(max_length=5, default="en")
    theme = models.CharField(max_length=5, default="auto")
    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[PersonManager] = PersonManager()

    class Meta:
        db_table = "person"

    def get_full_name(self) -> str:
        return self.name


class RoleGrant(models.Model):
    """A person holds a role in a company, perhaps in one department only."""

    person = models.ForeignKey(Person, models.CASCADE, db_index=False)
    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    department = models.ForeignKey(Department, models.PROTECT, null=True)
    role = models.TextField()

    class Meta:
        db_table = "role_grant"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "company", "department", "role"], name="role_grant_once", nulls_distinct=False
            )
        ]


class PersonSkill(models.Model):
    """What a person can do beyond their roles, in a company: a word as tables of rules name it, small letters."""

    person = models.ForeignKey(Person, models.CASCADE)
    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    skill = models.TextField()

    class Meta:
        db_table = "person_skill"
        constraints = [models.UniqueConstraint(fields=["company", "skill", "person"], name="person_skill_once")]


class ApiToken(models.Model):
    """A key by which a program acts as a person in one company. Only the digest is kept; `scopes` are the verbs it may use."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    person = models.ForeignKey(Person, models.PROTECT)
    label = models.TextField()
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.TextField())
    calls_a_minute = models.IntegerField()
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "api_token"
        indexes = [models.Index(fields=["company", "person", "id"], name="api_token_person")]
        constraints = [
            models.CheckConstraint(condition=models.Q(expires_at__gt=models.F("issued_at")), name="api_token_expires"),
            models.CheckConstraint(condition=models.Q(calls_a_minute__gt=0), name="api_token_calls"),
        ]


class ApiTokenUse(models.Model):
    """The calls of a token in its latest minute. An unlogged table: counting a call must not wait for the disk."""

    token = models.OneToOneField(ApiToken, models.CASCADE, primary_key=True)
    minute = models.DateTimeField()
    calls = models.IntegerField()

    class Meta:
        db_table = "api_token_use"


class SignInFailure(models.Model):
    """A sign-in that failed, or a look at an open page. `who` is a digest of the mail address, the network address or both.

    Kept for a day.
    """

    who = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        db_table = "sign_in_failure"
        indexes = [models.Index(fields=["who", "at"], name="sign_in_failure_who")]


class WorkingHours(models.Model):
    """A span in which people work on a weekday (Monday is 1), in minutes after midnight. A department with none of its own has
    those of the company (no department); a company with none works all the time."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    department = models.ForeignKey(Department, models.PROTECT, null=True)
    weekday = models.SmallIntegerField()
    opens = models.SmallIntegerField()
    closes = models.SmallIntegerField()

    class Meta:
        db_table = "working_hours"
        constraints = [
            models.UniqueConstraint(
                fields=["company", "department", "weekday", "opens"], name="working_hours_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=models.Q(weekday__range=(1, 7), opens__gte=0, closes__lte=1440, closes__gt=models.F("opens")),
                name="working_hours_span",
            ),
        ]


class Holiday(models.Model):
    """A day off, of the whole company or of one department."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    department = models.ForeignKey(Department, models.PROTECT, null=True)
    day = models.DateField()
    name = models.TextField()

    class Meta:
        db_table = "holiday"
        constraints = [
            models.UniqueConstraint(fields=["company", "day", "department"], name="holiday_once", nulls_distinct=False)
        ]


class CalendarStamp(models.Model):
    """Another one as soon as a time zone, working hours or a day off of the company change, which triggers see to. Who has read it
    knows which calendars it stands for."""

    company = models.OneToOneField(Company, models.CASCADE, primary_key=True)
    stamp = models.UUIDField()

    class Meta:
        db_table = "calendar_stamp"


class Absence(models.Model):
    """Somebody is away, from the morning of one day to the evening of another by the company's time zone (`starts_at` up to, not
    including, `ends_at`). While it lasts and is approved, the deputy stands for them."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    person = models.ForeignKey(Person, models.PROTECT)
    kind = models.TextField()
    first_day = models.DateField()
    last_day = models.DateField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    deputy = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    approver = models.ForeignKey(Person, models.PROTECT, related_name="+")
    note = models.TextField()
    state = models.TextField()
    requested_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.BigIntegerField(null=True)
    reason = models.TextField()

    class Meta:
        db_table = "absence"
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=ABSENCE_STATES), name="absence_state"),
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="absence_lasts"),
            models.CheckConstraint(condition=~models.Q(deputy=models.F("person")), name="absence_deputy"),
        ]
        indexes = [
            models.Index(fields=["deputy", "ends_at"], name="absence_stood_for", condition=models.Q(state="approved")),
            models.Index(fields=["company", "ends_at"], name="absence_coming"),
        ]


class Notice(models.Model):
    """Something that a person should know: a colleague mentioned them in a comment on a subject, `label` is what that is called."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    person = models.ForeignKey(Person, models.CASCADE)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    subject_type = models.TextField()
    subject_id = models.BigIntegerField()
    label = models.TextField()
    text = models.TextField()
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "notice"
        indexes = [models.Index(fields=["company", "person", "-id"], name="notice_newest")]


class SavedView(models.Model):
    """A list as one person likes it: the address of its page and, as `question`, what stands behind the question mark."""

    company = models.ForeignKey(Company, models.PROTECT, db_index=False)
    person = models.ForeignKey(Person, models.CASCADE)
    page = models.TextField()
    name = models.TextField()
    question = models.TextField()

    class Meta:
        db_table = "saved_view"
        constraints = [models.UniqueConstraint(fields=["company", "person", "page", "name"], name="saved_view_once")]
