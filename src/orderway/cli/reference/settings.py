"""Every environment variable that settings.py reads, with its default and what it is for."""

import ast
from collections.abc import Mapping
from pathlib import Path

import orderway

from .verbs import HEAD

ABOUT = """Orderway is set up by environment variables alone; they are read in one place, `src/orderway/settings.py`. Nothing has to be
set to try it: without `DATABASE_URL` it runs a PostgreSQL of its own, without a mail server it keeps its mails in an outbox folder."""
# a variable without words here stops the writing of the page: nobody adds a setting silently
WORDS: Mapping[str, str] = {
    "DATABASE_URL": "Address of a PostgreSQL 17 or 18, `postgresql://user:password@host:port/name`; a socket folder goes into "
    "`?host=`. Empty: a server of its own is started and kept.",
    "ORDERWAY_DATA": "Folder of everything this installation keeps. Empty: `/var/lib/orderway` for root, else a folder of the user.",
    "ORDERWAY_BLOBS": "Where the papers lie: a folder, `s3://bucket/prefix`, or `s3+https://endpoint/bucket/prefix` with keys in "
    "`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`. Empty: `blobs` in the data folder.",
    "ORDERWAY_CLUSTER": "Folder of its own PostgreSQL. Empty: `cluster` in the data folder.",
    "ORDERWAY_SECRET": "Key that signs sessions and links; the same on every host. Empty: made once and kept in the data folder.",
    "ORDERWAY_DEBUG": "`1` shows errors in the browser. Never in production.",
    "ORDERWAY_HOSTS": "Host names under which the pages are called, separated by commas.",
    "ORDERWAY_URL": "The address under which people reach the installation; links in mails lead there.",
    "ORDERWAY_HTTPS": "`1` when the pages are served over HTTPS: cookies then travel over nothing else.",
    "ORDERWAY_POOL": "Most database connections of one process.",
    "ORDERWAY_SMTP_HOST": "Mail server that takes what is sent. Empty: mails are kept in the `outbox` folder of the data folder.",
    "ORDERWAY_SMTP_PORT": "Its port.",
    "ORDERWAY_SMTP_USER": "The user to sign in as.",
    "ORDERWAY_SMTP_PASSWORD": "Their password.",
    "ORDERWAY_SMTP_SECURITY": "`starttls`, `ssl`, or empty for neither.",
    "ORDERWAY_MAIL_FROM": "The address that mails come from.",
    "ORDERWAY_IMAP_HOST": "Mail server whose mailbox is watched. Empty: none is.",
    "ORDERWAY_IMAP_PORT": "Its port.",
    "ORDERWAY_IMAP_USER": "The mailbox.",
    "ORDERWAY_IMAP_PASSWORD": "Its password.",
    "ORDERWAY_IMAP_FOLDER": "The folder of the mailbox that is watched.",
    "ORDERWAY_IMAP_SECURITY": "`ssl`, `starttls`, or empty for neither.",
    "ORDERWAY_INLET_FOLDER": "Folder whose files are taken in. Empty: none is watched.",
    "ORDERWAY_INLET_COMPANY": "Id of the company that takes in what comes through folder and mailbox. `0`: the first one.",
    "ORDERWAY_CARRIER_TOKENS": 'Tokens of carriers\' booking services by host (and port), as JSON: `{"booking.carrier.example": "…"}`. '
    "A token goes to its host alone.",
    "XDG_DATA_HOME": "Where a user's programs keep their files; `orderway` in it is the data folder when `ORDERWAY_DATA` is empty.",
}


def page() -> str:
    """The page of settings. Raises KeyError for a variable that has no words in WORDS."""
    lines = [HEAD.format(title="Settings", about=ABOUT), "| variable | default | for |", "| --- | --- | --- |"]
    lines += [f"| `{name}` | {default} | {WORDS[name]} |" for name, default in sorted(variables().items())]
    return "\n".join(lines) + "\n"


def variables() -> dict[str, str]:
    """The variables that settings.py reads, each with its default as a reader sees it; `depends` where it is worked out."""
    text = (Path(orderway.__file__).parent / "settings.py").read_text("utf-8")
    found: dict[str, str] = {}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "os.environ.get":
            name, *rest = node.args
            if isinstance(name, ast.Constant):
                default = _default(rest[0]) if rest else "empty"
                found[str(name.value)] = found.get(str(name.value), default)
    return found


def _default(node: ast.expr) -> str:
    if not isinstance(node, ast.Constant):
        return "depends"
    return f"`{node.value!s}`" if node.value else "empty"
