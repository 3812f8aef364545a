"""The verbs about persons and what is theirs, one module a family."""

from . import noting, persons
from .persons import AdmitPerson, FoundCompany, IssueToken, OpenDepartment, Prefer, SetPassword

__all__ = [
    "AdmitPerson",
    "FoundCompany",
    "IssueToken",
    "OpenDepartment",
    "Prefer",
    "SetPassword",
    "noting",
    "persons",
]
