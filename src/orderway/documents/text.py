"""The words on a document's pages, for the search. Files may be hostile: call it in a child process with limits."""

import pypdfium2

MOST_PAGES = 200


def words_of(content: bytes, media_type: str) -> str:
    """The text of a PDF (its text layer, first 200 pages) or of plain text; empty for everything else.

    Raises `pypdfium2.PdfiumError` when a PDF cannot be opened.
    """
    if media_type == "application/pdf":
        with pypdfium2.PdfDocument(content) as document:
            pages = [document[number] for number in range(min(len(document), MOST_PAGES))]
            return "\n".join(page.get_textpage().get_text_bounded() for page in pages)
    if media_type.startswith("text/") or media_type == "message/rfc822":
        return content.decode("utf-8", "replace")
    return ""
