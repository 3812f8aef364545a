"""The verbs about persons, calendars, absences and what is theirs, one module a family."""

from . import absences, calendars, noting, persons
from .persons import AdmitPerson, FoundCompany, IssueToken, OpenDepartment, Prefer, SetPassword

__all__ = [
    "AdmitPerson",
    "FoundCompany",
    "IssueToken",
    "OpenDepartment",
    "Prefer",
    "SetPassword",
    "absences",
    "calendars",
    "noting",
    "persons",
]
