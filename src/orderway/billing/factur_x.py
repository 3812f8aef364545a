"""Factur-X: the e-invoice's XML inside its printed PDF/A-3 (Factur-X 1.0 / ZUGFeRD 2, section 6; ISO 19005-3, 6.8)."""

import hashlib
import io

import pikepdf
from lxml import etree

FILE_NAME = "factur-x.xml"
FX = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
EXTENSION = "http://www.aiim.org/pdfa/ns/extension/"
SCHEMA = "http://www.aiim.org/pdfa/ns/schema#"
PDFA = "http://www.aiim.org/pdfa/ns/id/"
PROPERTY = "http://www.aiim.org/pdfa/ns/property#"
NAMES = {"rdf": RDF, "pdfaExtension": EXTENSION, "pdfaSchema": SCHEMA, "pdfaProperty": PROPERTY, "fx": FX}

# Property, what it means, its value (Factur-X 1.0, 6.2.2).
PROPERTIES = (
    ("DocumentFileName", "name of the embedded XML invoice file", FILE_NAME),
    ("DocumentType", "type of the hybrid document", "INVOICE"),
    ("Version", "version of the Factur-X XML schema", "1.0"),
    ("ConformanceLevel", "conformance level of the embedded data", "EN 16931"),
)


def embed(pdf: bytes, xml: bytes) -> bytes:
    """`pdf` (PDF/A-3) with `xml` inside as `factur-x.xml`, related as `Alternative`, and its XMP telling of it.

    The same two inputs give the same bytes. ValueError when the PDF holds no XMP or says it is no PDF/A-3.
    """
    with pikepdf.open(io.BytesIO(pdf)) as document:
        if "/Metadata" not in document.Root:
            raise ValueError("the PDF holds no XMP metadata")
        told = metadata(document.Root.Metadata.read_bytes())
        document.Root.Metadata = document.make_stream(told, Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML)
        spec = _filespec(document, xml)
        document.Root.AF = pikepdf.Array([spec])
        names = document.Root.get("/Names", pikepdf.Dictionary())
        names["/EmbeddedFiles"] = pikepdf.Dictionary(Names=pikepdf.Array([pikepdf.String(FILE_NAME), spec]))
        document.Root.Names = names
        out = io.BytesIO()
        document.save(out, deterministic_id=True, compress_streams=True)
    return out.getvalue()


def _filespec(document: pikepdf.Pdf, xml: bytes) -> pikepdf.Object:
    """The file specification of the XML (ISO 32000-1, 7.11.3 and 7.11.4; AFRelationship of ISO 19005-3, 6.8)."""
    params = pikepdf.Dictionary(
        Size=len(xml), CheckSum=pikepdf.String(hashlib.md5(xml, usedforsecurity=False).digest())
    )
    made = document.docinfo.get("/CreationDate")
    if made is not None:
        params.ModDate = made
    content = document.make_stream(xml, Type=pikepdf.Name.EmbeddedFile, Subtype=pikepdf.Name("/text/xml"))
    content.Params = params
    return document.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Filespec,
            F=pikepdf.String(FILE_NAME),
            UF=pikepdf.String(FILE_NAME),
            Desc=pikepdf.String("Factur-X invoice"),
            AFRelationship=pikepdf.Name.Alternative,
            EF=pikepdf.Dictionary(F=content, UF=content),
        )
    )


def metadata(xmp: bytes) -> bytes:
    """XMP that also states the Factur-X properties, their schema in the one extension container there may be.

    PDF/A allows a single `pdfaExtension:schemas` (ISO 19005-3, 6.6.2.3): the schema joins the bag that stands there.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=True)
    root = etree.fromstring(xmp, parser)
    rdf = root if root.tag == f"{{{RDF}}}RDF" else root.find("rdf:RDF", NAMES)
    if rdf is None or _part(rdf) != "3":
        raise ValueError("the PDF does not say that it is PDF/A-3")
    bag = rdf.find(".//pdfaExtension:schemas/rdf:Bag", NAMES)
    if bag is None:
        holder = _add(rdf, "rdf:Description", about="")
        bag = _add(_add(holder, "pdfaExtension:schemas"), "rdf:Bag")
    _declare(bag)
    facts = _add(rdf, "rdf:Description", about="")
    for name, _, value in PROPERTIES:
        _add(facts, f"fx:{name}", value)
    body = etree.tostring(root, encoding="utf-8")
    head, tail = b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>', b'<?xpacket end="w"?>'
    return head + body + tail


def _part(rdf: etree._Element) -> str | None:
    """The part of ISO 19005 the document claims, written as an element or as an attribute."""
    element = rdf.find(f".//{{{PDFA}}}part")
    if element is not None:
        return element.text
    return next((d.get(f"{{{PDFA}}}part") for d in rdf if d.get(f"{{{PDFA}}}part")), None)


def _add(parent: etree._Element, name: str, text: str = "", **rdf: str) -> etree._Element:
    prefix, local = name.split(":")
    attributes = {f"{{{RDF}}}{key}": value for key, value in rdf.items()}
    child = etree.SubElement(parent, f"{{{NAMES[prefix]}}}{local}", attributes, {prefix: NAMES[prefix], "rdf": RDF})
    child.text = text or None
    return child


def _declare(bag: etree._Element) -> None:
    """The description of the Factur-X properties that PDF/A asks for (ISO 19005-3, 6.6.2.3.3)."""
    item = _add(bag, "rdf:li", parseType="Resource")
    _add(item, "pdfaSchema:schema", "Factur-X PDFA Extension Schema")
    _add(item, "pdfaSchema:namespaceURI", FX)
    _add(item, "pdfaSchema:prefix", "fx")
    sequence = _add(_add(item, "pdfaSchema:property"), "rdf:Seq")
    for name, meaning, _ in PROPERTIES:
        row = _add(sequence, "rdf:li", parseType="Resource")
        _add(row, "pdfaProperty:name", name)
        _add(row, "pdfaProperty:valueType", "Text")
        _add(row, "pdfaProperty:category", "external")
        _add(row, "pdfaProperty:description", meaning)
