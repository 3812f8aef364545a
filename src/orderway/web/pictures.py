"""One page of a scan, fax or PDF as a picture, drawn in a process of its own: a file made to do harm ends at worst that process.

The child gets 512 MB of memory, 10 seconds of processor, no files to write and none of the parent's environment. It reads the
file from standard input and answers with a PNG, at most 16 MB.
"""

import os
import resource
import subprocess
import sys
from io import BytesIO
from pathlib import Path

MEMORY = 512 * 1024 * 1024  # bytes of address space
SECONDS = 10  # of the processor; of the clock twice that
LARGEST = 16 * 1024 * 1024  # bytes of the answer
WIDTH = 1240  # pixels a page is drawn wide: A4 at 150 dots an inch


def picture(content: bytes, sheet: int = 1) -> bytes | None:
    """Page `sheet` (from 1) as PNG; None when there is no such page or the file cannot be drawn within the limits."""
    package = str(Path(__file__).resolve().parents[2])
    try:
        child = subprocess.run(
            [sys.executable, "-m", "orderway.web.pictures", str(sheet)],
            input=content,
            capture_output=True,
            timeout=2 * SECONDS,
            check=False,
            cwd="/",
            env={"PYTHONPATH": package, "PYTHONUTF8": "1", "PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1"},
            start_new_session=True,
        )
    except subprocess.TimeoutExpired:
        return None
    drawn = child.stdout
    return drawn if child.returncode == 0 and drawn.startswith(b"\x89PNG") and len(drawn) <= LARGEST else None


def _drawn(content: bytes, sheet: int) -> bytes:
    from PIL import Image  # noqa: PLC0415 - only in the child, after its limits are set

    Image.MAX_IMAGE_PIXELS = 80_000_000  # an A3 page at 600 dots an inch
    if b"%PDF-" in content[:1024]:
        import pypdfium2  # noqa: PLC0415 - as above

        with pypdfium2.PdfDocument(content) as document:
            page = document[sheet - 1]
            image = page.render(scale=WIDTH / page.get_width()).to_pil()
    else:
        image = Image.open(BytesIO(content))
        image.seek(sheet - 1)
        across, down = (float(dots) for dots in image.info.get("dpi", (1, 1)))  # a fax has 204 x 98 dots an inch
        image = image.convert("RGB")
        height = image.height * WIDTH / image.width * (across / down if down else 1)
        image = image.resize((WIDTH, max(1, min(round(height), 4 * WIDTH))))
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def main() -> None:
    """The child."""

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    sys.stdout.buffer.write(_drawn(sys.stdin.buffer.read(), int(sys.argv[1])))


if __name__ == "__main__":
    main()
