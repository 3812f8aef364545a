"""A file that came in is read by a person: umlauts are umlauts, and EDI is not one endless line."""

import pytest

from orderway.web.readable import readable

LINES = "UNA:+.? '\nUNB+UNOC:3+1:14'\nNAD+BY+2::9++Werft Süd?'s GmbH'\nUNZ+1+78'"


def test_an_edi_file_of_one_line_in_latin_1_is_shown_by_segments():
    assert readable(LINES.replace("\n", "").encode("latin-1")) == LINES


def test_x12_breaks_at_its_own_terminator():
    header = "ISA*00*          *00*          *ZZ*A              *ZZ*B              *260102*0815*U*00401*000000001*0*P*>"
    assert readable(f"{header}~GS*PO~ST*850~".encode()) == f"{header}~\nGS*PO~\nST*850~\n"


@pytest.mark.parametrize(
    "stored",
    [
        "Größe".encode("utf-16"),
        "Größe".encode("utf-8-sig"),
        "Größe".encode("cp1252"),
        "Größe".encode(),
    ],
)
def test_umlauts_are_umlauts_in_whatever_encoding(stored):
    assert readable(stored) == "Größe"


def test_xml_says_its_own_encoding():
    assert readable('<?xml version="1.0" encoding="iso-8859-2"?><a>ł</a>'.encode("iso-8859-2")).endswith("<a>ł</a>")


def test_what_has_lines_keeps_them():
    assert readable(b"UNB+1'\nUNZ+2'UNT'") == "UNB+1'\nUNZ+2'UNT'"
