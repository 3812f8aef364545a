"""What may be done to a parcel and its documents, and how people search. Pure."""

import re
from collections.abc import Mapping

# verb -> the states of the parcel it may start from
MOVES: Mapping[str, frozenset[str]] = {
    "add": frozenset({"open"}),
    "index": frozenset({"open"}),
    "seal": frozenset({"open"}),
    "close": frozenset({"open"}),
    "supplement": frozenset({"closed", "committed"}),
}

_WORD = re.compile(r"[\w]+(?:[-./@][\w]+)*")


def search_query(typed: str) -> str:
    """What a person typed as a tsquery text (configuration `simple`): all words, each as the beginning of one.

    Empty when there is no word in it. A number such as 26-00042 stays one word, quoted so that nothing in it is an operator.
    """
    return " & ".join(f"'{word.lower()}':*" for word in _WORD.findall(typed))
