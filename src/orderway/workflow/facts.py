"""The facts of subjects, as maps use them; they are registered one floor below, where rules use them too."""

from orderway.decisions.facts import Facts, facts, kept_of, read_facts, registered, types_of
from orderway.kernel.sql import statements

__all__ = ["Facts", "facts", "kept_of", "read_facts", "registered", "types_of"]

SQL = statements("workflow", "facts")
facts("company", SQL.company, {"title": "string"})
facts("matter", SQL.matter, {"title": "string", "about": "string", "opened_by": "string"})
