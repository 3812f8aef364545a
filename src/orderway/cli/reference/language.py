"""The language of rules: its built-in functions, as they are registered."""

from collections.abc import Iterator
from types import ModuleType

from orderway.feel.builtins import BUILTINS, MODULES

HEAD = """# The language of rules

<!-- written by `orderway reference docs/reference`; do not edit -->

Conditions of maps and decision tables are written in FEEL, the expression language of DMN 1.3 to 1.5 (OMG). How a table is written
stands in [Write a table](../how-to/write-a-table.md).

| write | for |
| --- | --- |
| `12.50`, `"text"`, `true`, `null`, `date("2026-01-31")`, `duration("P3D")`, `@"10:30:00@Europe/Berlin"` | values; numbers have 34 digits |
| `+ - * / **`, `= != < <= > >=`, `and or not(…)`, `between … and …`, `in (…)` | sums, comparisons, truths; what is not known is `null` |
| `[1..5]`, `(1..5)`, `[1..5)`, `< 5` | ranges: a square bracket takes the end in, a round one leaves it out |
| `[1, 2, 3]`, `list[2]`, `list[item > 1]`, `{net: 10, gross: net * 1.19}`, `order.net` | lists, filters, contexts, paths |
| `if … then … else …`, `for x in list return …`, `some x in list satisfies …`, `every …` | choices and walks |
| `function(net: number) net * 1.19`, `substring(string: "order", start position: 3)` | functions of one's own, arguments by name |
| `x instance of number` | the type of a value |

In a cell of a table: `-` asks nothing, `"DE", "AT"` one of both, `not("DE")` anything but, `[100..500)` a range, `? * 2 > 10` any
expression over the value `?`. A condition of a map may also say `not rush` without brackets.

In a signature, `?` marks what may be left out and `...` what may come any number of times. An argument of a wrong type makes the result
null; a list of one is taken for its item.
"""


def page() -> str:
    """The page of the language."""
    lines = [HEAD]
    for module in MODULES:
        title = (module.__doc__ or "").partition(". ")[0].partition(".\n")[0]
        lines += [f"## {title}", "", "| function | answers |", "| --- | --- |", *_functions(module), ""]
    return "\n".join(lines).rstrip() + "\n"


def _functions(module: ModuleType) -> Iterator[str]:
    for one in BUILTINS.values():
        for signature in one.signatures:
            if signature.run.__module__ == module.__name__:
                written = signature.written.replace("|", " or ")
                yield f"| `{written}` | {signature.purpose} |"
