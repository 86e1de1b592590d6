"""Names in the quarantine folder: `<number>/<plain file name>`, nothing that GDAL or the system could follow."""

import re
from typing import Any

from .trouble import Trouble

QUARANTINED = re.compile(r"[0-9]{1,6}/[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
NOT_PLAIN = re.compile(r"[^A-Za-z0-9._-]+")


def check_name(name: Any) -> str:
    """The name itself when it can only lead into the quarantine folder (the current folder of the child)."""
    text = str(name)
    if text.startswith("/vsi") or "://" in text:
        raise Trouble("virtual_path", path=text[:200])
    if not QUARANTINED.fullmatch(text) or ".." in text:
        raise Trouble("outside_quarantine", path=text[:200])
    return text


def plain(file_name: str) -> str:
    """A file name reduced to letters, digits, dots, dashes and underscores; its extension is kept."""
    cleaned = NOT_PLAIN.sub("_", file_name).strip("._-") or "file"
    while ".." in cleaned:
        cleaned = cleaned.replace("..", ".")
    return cleaned[-100:].lstrip("._-")
