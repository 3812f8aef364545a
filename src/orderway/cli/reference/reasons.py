"""The page of what the readers say about an input they cannot read, or read with a doubt."""

import re

from orderway.capture.reasons import PLACES, WHY, WORDS

HEAD = """# Reasons of readers

Written from the program by `orderway reference`. An input that is not read, or that a person must look at, keeps its reasons: each a
`code`, the `facts` its sentence names, the `place`, and `more` where the same is so at further places. They come with
[capture.inbox](queries.md#captureinbox) and [capture.one](queries.md#captureone) and with `orderway capture --json` as `reasons`;
`reason` beside them says the same in one line of text, in the language of who asks (on the command line in English).
"""


def page() -> str:
    """The page, in the language of the program."""
    lines = [HEAD, "## Codes", "", "| code | says |", "| --- | --- |"]
    lines += [f"| `{code}` | {_shown(why)} |" for code, why in WHY.items()]
    lines += [
        "",
        "## Places",
        "",
        "A place names what is known of it, from the outside in.",
        "",
        "| part | says |",
        "| --- | --- |",
    ]
    lines += [f"| `{part}` | {_shown(says)} |" for part, says in PLACES.items()]
    lines += ["", "## Facts that are codes", "", "Every other value of a fact is shown as it is.", ""]
    lines += ["| fact | value | says |", "| --- | --- | --- |"]
    lines += [f"| `{fact}` | `{value}` | {says} |" for fact, words in WORDS.items() for value, says in words.items()]
    return "\n".join(lines) + "\n"


def _shown(text: str) -> str:
    return re.sub(r"%\((\w+)\)[rs]", r"‹\1›", text)
