"""XJDF job tickets, XJMF messages and PrintTalk business documents of CIP4: recognised and handed to a person."""

from lxml import etree

from orderway.capture.drafts import Reading
from orderway.capture.readers.xml import name, namespace, place
from orderway.capture.reasons import Unreadable, remark

_JDF = "http://www.CIP4.org/JDFSchema_2_0"
_PRINTTALK = "http://www.printtalk.org/schema_2_0"
_CHILDREN = {"AuditPool", "Comment", "GeneralID", "ProductList", "ResourceSet"}
"""The elements CIP4's XJDF 2.x schema allows below XJDF; the drafts before 2.0 still had ParameterSet."""


def claims(root: etree._Element) -> bool:
    """Whether the document is in the XJDF or the PrintTalk namespace, or says that it is by its root's name."""
    return namespace(root) in (_JDF, _PRINTTALK) or (
        not namespace(root) and name(root) in ("XJDF", "XJMF", "PrintTalk")
    )


def kind(root: etree._Element) -> str:
    """`xjdf`, `xjmf` or `printtalk`."""
    return name(root).lower()


def read(root: etree._Element) -> Reading:
    """A document a person makes the order from, with the kind `xjdf`, `xjmf` or `printtalk`.

    Raises `Unreadable` where the root has no namespace, or an XJDF holds an element its schema does not have there.
    """
    if not namespace(root):
        raise Unreadable("missing", place(root), what=f'xmlns="{_PRINTTALK if kind(root) == "printtalk" else _JDF}"')
    for child in root if kind(root) == "xjdf" else ():
        if namespace(child) == _JDF and name(child) not in _CHILDREN:
            raise Unreadable("misplaced", place(child), found=name(child))
    business = [name(child) for request in root if kind(root) == "printtalk" for child in request]
    return Reading("review", kind(root), (remark("for-a-person", file=" ".join([name(root), *business[:1]])),))
