"""The facts of subjects, as maps use them; they are registered one floor below, where rules use them too."""

from orderway.decisions.facts import Facts, facts, kept_of, read_facts, registered, types_of
from orderway.kernel.sql import statements

__all__ = ["Facts", "facts", "kept_of", "read_facts", "registered", "types_of"]

facts("company", statements("workflow", "facts").company, {"title": "string"})
