"""The verbs about persons, calendars, absences and what is theirs, one module a family."""

from . import absences, calendars, noting, persons, skills
from .persons import AdmitPerson, FoundCompany, IssueToken, OpenDepartment, Prefer, SetPassword
from .skills import SetSkills

__all__ = [
    "AdmitPerson",
    "FoundCompany",
    "IssueToken",
    "OpenDepartment",
    "Prefer",
    "SetPassword",
    "SetSkills",
    "absences",
    "calendars",
    "noting",
    "persons",
    "skills",
]
