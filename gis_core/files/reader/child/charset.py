"""In which encoding texts are, when the file does not say or says something wrong."""

import codecs
import re
from collections.abc import Iterable
from typing import BinaryIO

from .slices import Detected
from .trouble import Trouble

# What single-byte texts in France are written in, the likeliest first.
CANDIDATES = ("cp1252", "cp850", "mac_roman")
# How often the letters beyond ASCII come in French, roughly; then signs and letters that are rare.
FREQUENT = dict(zip("éèàêçâôîûùÉœïë", (20, 6, 6, 4, 3, 2, 2, 2, 1, 1, 2, 1, 1, 1), strict=True))
USUAL = frozenset("äöüæÈÊËÀÂÄÎÏÔÖÙÛÜÇŒÆ°’‘“”«»–—…€²³ºªñáíóúÑÁÍÓÚ·×µ½¼¾±§\u00a0\u202f")
CHUNK = 1 << 20
ACCENTED = 8
WINDOW = 30
SAMPLED = 2000
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# What .cpg files and MapInfo write for a codec that Python knows under another name.
SPELLED = {
    "65001": "utf-8",
    "ansi": "cp1252",
    "ansi 1252": "cp1252",
    "oem": "cp850",
    "windowslatin1": "cp1252",
    "windowslatin2": "cp1250",
    "dosl1": "cp850",
    "maclatin1": "mac_roman",
    "macintosh": "mac_roman",
    "system": "cp1252",
}
NUMBERED = re.compile(r"(?:windows|codepage|cp|oem|ansi|ms)?[\s_-]*(\d{3,5})")
LATIN = re.compile(r"(?:iso)?[\s_-]*8859[\s_-]*(\d{1,2})")
UTF_16_SHARE = 0.2


def find_codec(text: str) -> str | None:
    """The Python codec that a file means; None when there is none."""
    plain = text.strip().lower()
    latin, numbered = LATIN.fullmatch(plain), NUMBERED.fullmatch(plain)
    python_name = SPELLED.get(plain) or (f"iso8859-{latin[1]}" if latin else f"cp{numbered[1]}" if numbered else plain)
    try:
        codec = codecs.lookup(python_name)
        # Python also calls codecs what makes no text: base64, zip.
        return codec.name if codec._is_text_encoding else None
    except (LookupError, ValueError):
        return None


def parse_encoding(name: str) -> Detected:
    """The encoding that a person chose."""
    codec = find_codec(name)
    if codec is None:
        raise Trouble("unknown_encoding", name=name[:50])
    return Detected(codec, "said", name[:50])


def decide_encoding(values: list[bytes], declared: str | None, declared_how: str, text: str) -> Detected:
    """The encoding of texts of which `values` hold the bytes beyond ASCII, given what the file declares."""
    if not values:
        return Detected(declared or "utf-8", declared_how if declared else "ascii", text)
    is_utf8 = all(map(_valid_utf8, values))
    if declared and (is_utf8 if declared.startswith("utf-8") else not is_utf8):
        return Detected(declared, declared_how, text)
    best = "utf-8" if is_utf8 else likeliest(values)
    if declared:
        return Detected(best, "contradicted", text)
    return Detected(best, "utf8" if is_utf8 else "guessed", text)


def likeliest(values: Iterable[bytes]) -> str:
    """The single-byte encoding that makes most of these bytes letters of French."""
    text = b"\n".join(values)
    scores = {codec: _frenchness(text.decode(codec, "replace")) for codec in CANDIDATES}
    return max(CANDIDATES, key=lambda codec: scores[codec])


def _frenchness(text: str) -> float:
    """How much it looks like French: frequent letters count more, a capital inside a word counts against."""
    score = 0.0
    for number, letter in enumerate(text):
        if letter > "\x7f":
            score += FREQUENT.get(letter, 0.5 if letter in USUAL else -5.0)
            score -= 10.0 if letter.isupper() and number and text[number - 1].islower() else 0.0
    return score


def of_stream(stream: BinaryIO, chosen: str | None) -> Detected:
    """The encoding of a whole text file, read through."""
    if chosen:
        return parse_encoding(chosen)
    start = stream.read(4096)
    stream.seek(0)
    mark = next((codec for mark, codec in MARKS.items() if start.startswith(mark)), None)
    if mark:
        return Detected(mark, "declared", mark)
    zeros = start.count(0) / max(1, len(start))
    if zeros > UTF_16_SHARE:
        return Detected("utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be", "guessed", "")
    values = strange_lines(stream)
    return (
        Detected("utf-8", "utf8" if values else "ascii") if _is_utf8(stream) else decide_encoding(values, None, "", "")
    )


def strange_lines(stream: BinaryIO) -> list[bytes]:
    """Lines with bytes beyond ASCII, some thousand of them."""
    stream.seek(0)
    strange: list[bytes] = []
    rest = b""
    while len(strange) < SAMPLED and (chunk := stream.read(CHUNK)):
        *lines, rest = (rest + chunk).split(b"\n")
        strange += [line for line in lines if not line.isascii()]
        if len(rest) > CHUNK:
            strange, rest = [*strange, rest], b""
    return [*strange, *([] if rest.isascii() else [rest])][:SAMPLED]


def lines_to_show(stream: BinaryIO, codec: str) -> list[str]:
    """A few lines of a text file that depend on its encoding."""
    if not codec.startswith("utf-16"):
        return sample_accents(strange_lines(stream), codec)
    stream.seek(0)
    lines = stream.read(CHUNK).decode(codec, "replace").splitlines()
    return [_around(line) for line in lines if not line.isascii()][:ACCENTED]


def sample_accents(values: Iterable[bytes], codec: str) -> list[str]:
    """A few of the texts that depend on the encoding, as it reads them."""
    texts = dict.fromkeys(_around(value.decode(codec, "replace").strip()) for value in values)
    return [text for text in texts if text][:ACCENTED]


def _around(text: str) -> str:
    """The part of a text that shows its first character beyond ASCII."""
    place = next((number for number, c in enumerate(text) if ord(c) > 127), 0)
    return text[max(0, place - WINDOW) : place + WINDOW]


def _is_utf8(stream: BinaryIO) -> bool:
    stream.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := stream.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        stream.seek(0)
    return True


def _valid_utf8(value: bytes) -> bool:
    """Whether it is UTF-8, its last character cut off by the width of a field or not."""
    try:
        value.decode()
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data" and error.start > 0
    return True
