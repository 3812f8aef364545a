"""From a typed tree to SQL for PostgreSQL, with every constant a cast parameter. It agrees with the closures value by value."""

from collections.abc import Mapping
from typing import Any

from .typed import Applied, Both, Choice, Compare, Constant, Name, Not, Sum, Typed

SQL_TYPES: Mapping[str, str] = {
    "boolean": "boolean", "number": "numeric", "string": "text", "date": "date", "datetime": "timestamptz", "null": "text",
}  # fmt: skip
_FUNCTIONS: Mapping[str, str] = {
    "string length": "char_length({})::numeric", "contains": "(strpos({}, {}) > 0)", "starts with": "starts_with({}, {})",
    "ends with": "(right({0}, char_length({1})) = {1})", "abs": "abs({})", "floor": "floor({})", "ceiling": "ceil({})",
}  # fmt: skip


class Written:
    """SQL in the making: `columns` gives the SQL of each name, `parameters` gathers the constants as `<prefix>_0` and on."""

    def __init__(self, columns: Mapping[str, str], prefix: str) -> None:
        self.columns, self.prefix = columns, prefix
        self.parameters: dict[str, Any] = {}

    def write(self, of: Typed) -> str:
        """The SQL of a typed tree."""
        match of:
            case Name(name=name):
                return self.columns[name]
            case Constant():
                return self._constant(of)
            case Not(part=part):
                return f"(not {self.truth(part)})"
            case Both(either=either, left=left, right=right):
                return f"({self.truth(left)} {'or' if either else 'and'} {self.truth(right)})"
            case Compare():
                return self._compared(of)
            case Sum(sign=sign, left=left, right=right):
                return f"({self.write(left)} {sign} {self.write(right)})"
            case Applied(name=name, arguments=arguments):
                return _FUNCTIONS[name].format(*(self.write(one) for one in arguments))
            case Choice(test=test, yes=yes, no=no):
                kind = SQL_TYPES[of.type]
                first, second = self.write(yes), self.write(no)
                return f"(case when {self.truth(test)} then {first} else {second} end)::{kind}"

    def _constant(self, of: Constant) -> str:
        if of.value is None:
            return "null"
        name = f"{self.prefix}_{len(self.parameters)}"
        self.parameters[name] = of.value
        return f"%({name})s::{SQL_TYPES[of.type]}"

    def truth(self, of: Typed) -> str:
        """The SQL of a typed tree as a boolean."""
        text = self.write(of)
        return "null::boolean" if text == "null" else text

    def _compared(self, of: Compare) -> str:
        first, second = self.write(of.left), self.write(of.right)
        kinds = {of.left.type, of.right.type}
        if of.sign in ("=", "!="):
            if "datetime" in kinds:  # equal moments are those of one second (comparing.whole_seconds)
                first, second = (f"date_trunc('second', {one}::timestamptz)" for one in (first, second))
            return f"({first} is {'not ' if of.sign == '=' else ''}distinct from {second})"
        # byte order of UTF-8 is code point order, as in Python; a collation of the server would not be
        byte_order = ' collate "C"' if "string" in kinds else ""
        return f"({first} {of.sign} {second}{byte_order})"
