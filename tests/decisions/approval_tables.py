"""Decision tables over the net total and the country of an order, as DMN files."""

SPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def table(key: str, rows: list[tuple[str, str, str]], policy: str = "UNIQUE", name: str = "Limits of approval") -> str:
    """A decision table over the net total and the country of an order: rows of two cells and an answer."""
    rules = "".join(
        f'<rule id="r{n}"><inputEntry><text><![CDATA[{net}]]></text></inputEntry>'
        f"<inputEntry><text><![CDATA[{country}]]></text></inputEntry>"
        f"<outputEntry><text><![CDATA[{answer}]]></text></outputEntry></rule>"
        for n, (net, country, answer) in enumerate(rows)
    )
    return (
        f'<definitions xmlns="{SPACE}" namespace="urn:{key}" name="{key}"><decision id="{key}" name="{name}">'
        f'<decisionTable hitPolicy="{policy}"><input label="Net total"><inputExpression typeRef="number"><text>net</text>'
        f'</inputExpression></input><input><inputExpression typeRef="string"><text>country</text></inputExpression></input>'
        f'<output name="role" typeRef="string"/>{rules}</decisionTable></decision></definitions>'
    )


APPROVAL = [("< 100", "-", '"nobody"'), ("[100..5000]", "-", '"manager"'), ("> 5000", '"DE"', '"board"')]
