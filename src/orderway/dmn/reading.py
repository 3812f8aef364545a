"""From DMN XML to the model. Source: OMG DMN 1.2 to 1.5, their XML schemas; elements are known by their local names, so that files
of every version and with any prefix read alike. Entities are not resolved and nothing is fetched."""

import re
from collections.abc import Iterator

from lxml import etree

from ..feel.scanning import spaced
from . import model

_POLICIES = {
    "UNIQUE": "U", "FIRST": "F", "PRIORITY": "P", "ANY": "A", "COLLECT": "C", "RULE ORDER": "R", "OUTPUT ORDER": "O",
}  # fmt: skip
_ENCODING = re.compile(r"""(\A\s*<\?xml[^>]*?encoding\s*=\s*["'])[^"']+(["'])""")
_NAMESPACES = ("http://www.omg.org/spec/DMN/", "https://www.omg.org/spec/DMN/")


NO_DMN = {
    "encoding": "it is not in the encoding that it names (%(told)s)",
    "no-xml": "it is no XML that can be read (%(told)s); export it again as DMN",
    "other": "it is no DMN but begins with %(told)s; export it as DMN",
}


class DmnError(ValueError):
    """The file is no DMN; the text says why, and `why` with `told` say it to whoever words it in another language."""

    def __init__(self, why: str, told: object) -> None:
        super().__init__(NO_DMN[why] % {"told": told})
        self.why, self.told = why, str(told)


def decoded(content: bytes) -> str:
    """A file of another tool as text, in whatever encoding it says it is; its declaration then says UTF-8, nothing else changes.

    Raises DmnError for anything that is no DMN.
    """
    read(content)
    document = _root(content).getroottree().docinfo
    try:
        return as_utf8(content.decode(document.encoding or "UTF-8"))
    except (LookupError, UnicodeDecodeError) as error:
        raise DmnError("encoding", error) from None


def as_utf8(text: str) -> str:
    """A file as text whose declaration says UTF-8, as which it is kept and given out; nothing else changes."""
    return _ENCODING.sub(r"\1UTF-8\2", text.removeprefix("\ufeff"), count=1)


def same(one: bytes, other: bytes) -> bool:
    """Whether two files say the same: their elements, attributes and texts. How it is written (prefixes, comments, spaces around texts)
    does not count. Raises DmnError for what is no XML."""
    return _told(_root(one)) == _told(_root(other))


def _told(of: etree._Element) -> tuple[object, ...]:
    return (
        of.tag,
        sorted(of.attrib.items()),
        (of.text or "").strip(),
        [_told(part) for part in of.iterchildren(etree.Element)],
    )


def _root(content: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as wrong:
        raise DmnError("no-xml", wrong) from wrong


def read(content: bytes) -> model.Definitions:
    """Read one file; raises DmnError."""
    root = _root(content)
    space = etree.QName(root).namespace or ""
    if _local(root) != "definitions" or not space.startswith(_NAMESPACES):
        raise DmnError("other", _local(root))
    return _Reader(root.get("namespace", "")).definitions(root)


def _local(of: etree._Element) -> str:
    return etree.QName(of).localname if isinstance(of.tag, str) else ""


def _children(of: etree._Element, *names: str) -> list[etree._Element]:
    return [one for one in of if _local(one) in names]


def _child(of: etree._Element | None, *names: str) -> etree._Element | None:
    return next(iter(_children(of, *names)), None) if of is not None else None


def _text(of: etree._Element | None, name: str = "text") -> str:
    found = _child(of, name) if of is not None else None
    return "" if found is None else "".join(str(part) for part in found.itertext())


def _kind(of: etree._Element | None) -> str:
    if of is None:
        return ""
    # DMN 1.1 wrote types as an element, later versions as an attribute; a prefix of XML names a namespace only
    written = of.get("typeRef") or _text(of, "typeRef")
    return written.strip().rpartition(":")[2]


def _name(of: etree._Element | None) -> str:
    return "" if of is None else spaced(of.get("name", ""))


class _Reader:
    def __init__(self, namespace: str) -> None:
        self.namespace = namespace

    def definitions(self, root: etree._Element) -> model.Definitions:
        imports = tuple((_name(one), one.get("namespace", "")) for one in _children(root, "import"))
        items = tuple(self._item(one) for one in _children(root, "itemDefinition"))
        found = model.Definitions(self.namespace, root.get("name", ""), imports, items)
        for one in self._elements(root):
            found.elements[one.id] = one
        return found

    def _elements(self, root: etree._Element) -> Iterator[model.Element]:
        for one in root:
            match _local(one):
                case "inputData":
                    yield model.InputData(self._id(one), _name(one), _kind(_child(one, "variable")))
                case "decision":
                    kind = _kind(_child(one, "variable"))
                    yield model.Decision(self._id(one), _name(one), kind, self._requires(one), self._logic(one))
                case "businessKnowledgeModel":
                    kind = _kind(_child(one, "variable"))
                    logic = self._function(inner) if (inner := _child(one, "encapsulatedLogic")) is not None else None
                    yield model.Knowledge(self._id(one), _name(one), kind, self._requires(one), logic)
                case "decisionService":
                    yield self._service(one)

    def _id(self, of: etree._Element) -> str:
        return str(of.get("id") or of.get("name", ""))

    def _service(self, of: etree._Element) -> model.Service:
        inputs, decisions, outputs = (
            tuple(self._target(one) for one in _children(of, name))
            for name in ("inputData", "inputDecision", "outputDecision")
        )
        return model.Service(self._id(of), _name(of), _kind(_child(of, "variable")), inputs, decisions, outputs)

    def _target(self, of: etree._Element) -> tuple[str, str]:
        namespace, _, id = of.get("href", "").rpartition("#")
        return namespace or self.namespace, id

    def _requires(self, of: etree._Element) -> tuple[tuple[str, str], ...]:
        targets = [
            self._target(target)
            for one in _children(of, "informationRequirement", "knowledgeRequirement")
            for target in _children(one, "requiredDecision", "requiredInput", "requiredKnowledge")
        ]
        return tuple(targets)

    def _item(self, of: etree._Element) -> model.ItemDefinition:
        function = None
        if (inner := _child(of, "functionItem")) is not None:
            parameters = tuple(_kind(one) for one in _children(inner, "parameters"))
            function = (parameters, inner.get("outputTypeRef", ""))
        return model.ItemDefinition(
            _name(of),
            _text(of, "typeRef").strip().rpartition(":")[2],
            tuple(self._item(one) for one in _children(of, "itemComponent")),
            of.get("isCollection") == "true",
            _text(_child(of, "allowedValues")),
            _text(_child(of, "typeConstraint")),
            function,
        )

    def _logic(self, of: etree._Element | None) -> model.Expression | None:
        """The first expression among the children."""
        if of is None:
            return None
        for one in of:
            if (found := self._expression(one)) is not None:
                return found
        return None

    def _expression(self, of: etree._Element) -> model.Expression | None:
        kind = _kind(of)
        match _local(of):
            case "literalExpression":
                return model.Literal(_text(of), kind)
            case "context":
                return model.Context(tuple(self._entry(one) for one in _children(of, "contextEntry")), kind)
            case "invocation":
                bindings = tuple(self._entry(one, "parameter") for one in _children(of, "binding"))
                return model.Invocation(self._logic(of), bindings, kind)
            case "list":
                return model.Items(tuple(found for one in of if (found := self._expression(one)) is not None), kind)
            case "relation":
                return self._relation(of, kind)
            case "functionDefinition":
                return self._function(of)
            case "decisionTable":
                return self._table(of, kind)
            case "conditional":
                test, yes, no = (self._logic(_child(of, name)) for name in ("if", "then", "else"))
                return model.Conditional(test, yes, no, kind)
            case "filter":
                return model.Filter(self._logic(_child(of, "in")), self._logic(_child(of, "match")), kind)
            case "for" | "some" | "every" as way:
                each = self._logic(_child(of, "return", "satisfies"))
                name = spaced(of.get("iteratorVariable", ""))
                return model.Iteration(way, name, self._logic(_child(of, "in")), each, kind)
        return None

    def _entry(self, of: etree._Element, name: str = "variable") -> model.Entry:
        variable = _child(of, name)
        return model.Entry(_name(variable), _kind(variable), self._logic(of))

    def _relation(self, of: etree._Element, kind: str) -> model.Relation:
        columns = tuple(_name(one) for one in _children(of, "column"))
        rows = tuple(
            tuple(found for one in row if (found := self._expression(one)) is not None) for row in _children(of, "row")
        )
        return model.Relation(columns, rows, kind)

    def _function(self, of: etree._Element) -> model.FunctionDefinition:
        parameters = tuple((_name(one), _kind(one)) for one in _children(of, "formalParameter"))
        foreign = of.get("kind", "FEEL") != "FEEL"
        return model.FunctionDefinition(parameters, self._logic(of), foreign, _kind(of))

    def _table(self, of: etree._Element, kind: str) -> model.DecisionTable:
        inputs = tuple(
            model.Input(
                _text(expression := _child(one, "inputExpression")),
                _kind(expression),
                _text(_child(one, "inputValues")),
                one.get("label", ""),
            )
            for one in _children(of, "input")
        )
        outputs = tuple(
            model.Output(
                _name(one), _kind(one), _text(_child(one, "outputValues")), _text(_child(one, "defaultOutputEntry"))
            )
            for one in _children(of, "output")
        )
        policy = _POLICIES.get(of.get("hitPolicy", "UNIQUE"), "U")
        rules = tuple(self._rule(one) for one in _children(of, "rule"))
        return model.DecisionTable(inputs, outputs, rules, policy, of.get("aggregation", ""), kind)

    def _rule(self, of: etree._Element) -> model.Rule:
        inputs = tuple(_text(one) for one in _children(of, "inputEntry"))
        outputs = tuple(_text(one) for one in _children(of, "outputEntry"))
        note = next(
            (text for one in _children(of, "annotationEntry") if (text := _text(one))), _text(of, "description")
        )
        return model.Rule(inputs, outputs, note)
