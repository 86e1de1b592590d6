"""Lines of calendars (RFC 5545): text escaped, long lines folded."""

from unicodedata import category

LONGEST_LINE = 75


def escape_text(text: str) -> str:
    for character, instead in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n"), ("\r", "")):
        text = text.replace(character, instead)
    # Others end a line for some readers.
    return "".join(one for one in text if category(one) not in ("Cc", "Zl", "Zp"))


def fold_line(line: str) -> bytes:
    """A content line: 75 octets at most, continued after a space, no character cut in two."""
    parts, part = [], b""
    for character in line:
        octets = character.encode()
        if len(part) + len(octets) > LONGEST_LINE:
            parts.append(part)
            part = b" "
        part += octets
    return b"\r\n".join([*parts, part]) + b"\r\n"
