"""Persons and what they may do. Roles are granted per company, so one person can work for several."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


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

    company = models.ForeignKey(Company, models.PROTECT)
    key = models.TextField()
    name = models.TextField()

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
    company = models.ForeignKey(Company, models.PROTECT)
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

    person = models.ForeignKey(Person, models.CASCADE)
    company = models.ForeignKey(Company, models.PROTECT)
    department = models.ForeignKey(Department, models.PROTECT, null=True)
    role = models.TextField()

    class Meta:
        db_table = "role_grant"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "company", "department", "role"], name="role_grant_once", nulls_distinct=False
            )
        ]
