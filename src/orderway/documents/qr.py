"""QR codes (ISO/IEC 18004:2015): byte mode, error correction level M, versions 1 to 13 (up to 331 bytes), as SVG."""

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

# Level M, versions 1 to 13 (table 9): error correction codewords a block, then (blocks, data codewords) groups.
BLOCKS: tuple[tuple[int, tuple[tuple[int, int], ...]], ...] = (
    (10, ((1, 16),)),
    (16, ((1, 28),)),
    (26, ((1, 44),)),
    (18, ((2, 32),)),
    (24, ((2, 43),)),
    (16, ((4, 27),)),
    (18, ((4, 31),)),
    (22, ((2, 38), (2, 39))),
    (22, ((3, 36), (2, 37))),
    (26, ((4, 43), (1, 44))),
    (30, ((1, 50), (4, 51))),
    (22, ((6, 36), (2, 37))),
    (22, ((8, 37), (1, 38))),
)
# Centres of the alignment patterns, versions 1 to 13 (table E.1).
CENTRES: tuple[tuple[int, ...], ...] = (
    (),
    (6, 18),
    (6, 22),
    (6, 26),
    (6, 30),
    (6, 34),
    (6, 22, 38),
    (6, 24, 42),
    (6, 26, 46),
    (6, 28, 50),
    (6, 30, 54),
    (6, 32, 58),
    (6, 34, 62),
)
Matrix = list[list[int]]  # 0 light, 1 dark, -1 not yet set

_EXP = [1] * 512
for _i in range(1, 512):
    _EXP[_i] = (_EXP[_i - 1] << 1) ^ (0x11D if _EXP[_i - 1] & 0x80 else 0)
_LOG = {_EXP[_i]: _i for _i in range(255)}


def _capacity(version: int) -> int:
    return sum(count * size for count, size in BLOCKS[version - 1][1])


def _generator(degree: int) -> list[int]:
    """The Reed-Solomon generator polynomial of `degree` over GF(256), highest power first (annex A)."""
    poly = [1]
    for i in range(degree):
        shifted = [*poly, 0]
        for j, value in enumerate(poly):
            shifted[j + 1] ^= _EXP[_LOG[value] + i]
        poly = shifted
    return poly


def _correction(data: list[int], degree: int) -> list[int]:
    """The error correction codewords of one block (7.5.2)."""
    generator = _generator(degree)
    rest = data + [0] * degree
    for i in range(len(data)):
        if rest[i]:
            power = _LOG[rest[i]]
            for j, value in enumerate(generator):
                rest[i + j] ^= _EXP[_LOG[value] + power]
    return rest[len(data) :]


def _codewords(content: bytes, version: int) -> list[int]:
    """Data and error correction codewords, interleaved as they are placed (7.4 to 7.6)."""
    capacity, width = _capacity(version), 8 if version < 10 else 16
    bits = f"0100{len(content):0{width}b}" + "".join(f"{b:08b}" for b in content)
    bits += "0" * min(4, capacity * 8 - len(bits))
    bits += "0" * (-len(bits) % 8)
    data = [int(bits[i : i + 8], 2) for i in range(0, len(bits), 8)]
    data += [(0xEC, 0x11)[i % 2] for i in range(capacity - len(data))]
    degree, groups = BLOCKS[version - 1]
    blocks: list[list[int]] = []
    for count, size in groups:
        for _ in range(count):
            blocks.append(data[:size])
            data = data[size:]
    checks = [_correction(block, degree) for block in blocks]
    return [*_interleaved(blocks), *_interleaved(checks)]


def _interleaved(blocks: list[list[int]]) -> Iterator[int]:
    for i in range(max(map(len, blocks))):
        yield from (block[i] for block in blocks if i < len(block))


def _square(matrix: Matrix, row: int, column: int, rings: Iterable[int], reach: int) -> None:
    """A finder or alignment pattern around its centre: dark where the distance from the centre is one of `rings`."""
    size = len(matrix)
    for r in range(max(0, row - reach), min(size, row + reach + 1)):
        for c in range(max(0, column - reach), min(size, column + reach + 1)):
            matrix[r][c] = int(max(abs(r - row), abs(c - column)) in rings)


def _frame(version: int) -> Matrix:
    """The function patterns of a version (6.3), with the places of format and version information taken."""
    size = 17 + 4 * version
    matrix = [[-1] * size for _ in range(size)]
    centres = CENTRES[version - 1]
    last = size - 7
    for r in centres:
        for c in centres:
            if (r, c) not in {(6, 6), (6, last), (last, 6)}:
                _square(matrix, r, c, (0, 2), 2)
    for r, c in ((3, 3), (3, size - 4), (size - 4, 3)):
        _square(matrix, r, c, (0, 1, 3), 4)
    for i in range(8, size - 8):
        matrix[6][i] = matrix[i][6] = 1 - i % 2
    _format(matrix, 0)
    if version >= 7:
        bits = _bch(version, 12, 0x1F25)
        for i in range(18):
            r, c = divmod(i, 3)
            matrix[r][size - 11 + c] = matrix[size - 11 + c][r] = bits >> i & 1
    return matrix


def _bch(value: int, degree: int, generator: int) -> int:
    """`value` followed by its BCH check bits (annexes C and D)."""
    rest = value << degree
    for i in range(rest.bit_length() - 1, degree - 1, -1):
        if rest >> i & 1:
            rest ^= generator << (i - degree)
    return value << degree | rest


def _format(matrix: Matrix, mask: int) -> None:
    """The format information for level M (00) and `mask`, in both of its places (7.9)."""
    bits, size = _bch(mask, 10, 0x537) ^ 0x5412, len(matrix)
    around = [*range(6), 7, 8]
    for i in range(8):
        matrix[around[i]][8] = matrix[8][size - 1 - i] = bits >> i & 1
    for i in range(7):
        column = 7 if i == 0 else 6 - i
        matrix[8][column] = matrix[size - 7 + i][8] = bits >> (8 + i) & 1
    matrix[size - 8][8] = 1


def _places(frame: Matrix) -> Iterator[tuple[int, int]]:
    """The free modules in the order in which bits are placed: two columns at a time, up and down (7.7.3)."""
    size, upward = len(frame), True
    for right in [*range(size - 1, 6, -2), 5, 3, 1]:
        for r in range(size - 1, -1, -1) if upward else range(size):
            for c in (right, right - 1):
                if frame[r][c] < 0:
                    yield r, c
        upward = not upward


MASKS: tuple[Callable[[int, int], bool], ...] = (
    lambda r, c: (r + c) % 2 == 0,
    lambda r, _: r % 2 == 0,
    lambda _, c: c % 3 == 0,
    lambda r, c: (r + c) % 3 == 0,
    lambda r, c: (r // 2 + c // 3) % 2 == 0,
    lambda r, c: r * c % 2 + r * c % 3 == 0,
    lambda r, c: (r * c % 2 + r * c % 3) % 2 == 0,
    lambda r, c: ((r + c) % 2 + r * c % 3) % 2 == 0,
)


def _penalty(matrix: Matrix) -> int:
    """How badly a symbol reads: long runs, finder look-alikes, imbalance (7.8.3; blocks count through the runs)."""
    rows = ["".join(map(str, row)) for row in matrix]
    columns = ["".join(map(str, column)) for column in zip(*matrix, strict=True)]
    score = 0
    for line in rows + columns:
        score += sum(len(run) - 2 for run in line.replace("01", "0 1").replace("10", "1 0").split() if len(run) > 4)
        score += 40 * (line.count("10111010000") + line.count("00001011101"))
    dark, modules = sum(row.count("1") for row in rows), len(rows) ** 2
    return score + 10 * (abs(dark * 20 - modules * 10) // modules)


@lru_cache(maxsize=256)
def modules(text: str) -> tuple[str, ...]:
    """The symbol for `text` (UTF-8) as rows of "0" (light) and "1" (dark), smallest version that holds it.

    ValueError when the text is longer than 331 bytes.
    """
    content = text.encode()
    fitting = (v for v in range(1, 14) if len(content) * 8 + (12 if v < 10 else 20) <= _capacity(v) * 8)
    version = next(fitting, None)
    if version is None:
        raise ValueError(f"{len(content)} bytes do not fit a QR code of version 13")
    frame = _frame(version)
    places = list(_places(frame))
    bits = "".join(f"{word:08b}" for word in _codewords(content, version)).ljust(len(places), "0")
    symbols = [_masked(frame, places, bits, number) for number in range(len(MASKS))]
    return tuple("".join(map(str, row)) for row in min(symbols, key=_penalty))


def _masked(frame: Matrix, places: list[tuple[int, int]], bits: str, number: int) -> Matrix:
    """The symbol with its bits placed under mask `number` (7.8.2)."""
    symbol, mask = [row[:] for row in frame], MASKS[number]
    for (r, c), bit in zip(places, bits, strict=True):
        symbol[r][c] = int((bit == "1") ^ mask(r, c))
    _format(symbol, number)
    return symbol


def svg(text: str) -> str:
    """The symbol for `text` as an SVG of dark runs, without the quiet zone: leave four modules of white around it."""
    rows = modules(text)
    size, path = len(rows), []
    for y, row in enumerate(rows):
        x = 0
        while (x := row.find("1", x)) >= 0:
            run = len(row[x:]) - len(row[x:].lstrip("1"))
            path.append(f"M{x} {y}h{run}v1h-{run}z")
            x += run
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}">'
        f'<path d="{"".join(path)}" shape-rendering="crispEdges"/></svg>'
    )
