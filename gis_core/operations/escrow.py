"""`./arpent escrow`: the keys without which a backup is worth nothing, on a sheet of paper kept elsewhere.

Each line of a key is twenty letters and digits in groups of four, with three more that prove it was typed right. The
alphabet is Crockford's base 32: no I, L, O, U; what is typed O is read 0, I and L are read 1, case and spaces are
nothing. The square beside holds the same lines.
"""

import hashlib
import os
import re
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from gis_core.operations import archive_target
from gis_core.operations.environment import ASIDE, Place, read_plain, write_private
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.preflight import check_folder
from gis_core.operations.progress import say
from gis_core.operations.restore import give_restored

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SAME = str.maketrans({"O": "0", "I": "1", "L": "1"})
GROUP, GROUPS = 4, 5
CHECK_BITS = 15
# The letter of a key on the sheet, the file where it lies, and what it opens.
SECRET, ARCHIVE = "S", "A"
TITLES = {
    SECRET: "Clé du site (secret-key) : sessions ouvertes, liens envoyés, codes",
    ARCHIVE: "Clé de l'archive (archive-key) : sans elle, la base et les fichiers de l'archive sont illisibles",
}
LINE = re.compile(r"\s*([SA])\s*(\d{1,2})\s*/\s*(\d{1,2})[\s.:-]+(.*)", re.DOTALL)
LONGEST_KEY = 1_000
# What shows the doctor that the sheet was made since the key was.
PRINTED = "escrow-printed"


def lines_of(letter: str, key: str) -> list[str]:
    """A key as the lines of the sheet: `A1/3 7ZKD 0M3R … check`."""
    text = encode(key.encode())
    size = GROUP * GROUPS
    rows = [text[start : start + size] for start in range(0, len(text), size)]
    return [
        " ".join(
            [label, *(row[at : at + GROUP] for at in range(0, len(row), GROUP)), check_of(label, row)],
        )
        for label, row in ((f"{letter}{number}/{len(rows)}", row) for number, row in enumerate(rows, 1))
    ]


def encode(content: bytes) -> str:
    """Base 32, without padding."""
    bits = "".join(f"{byte:08b}" for byte in content)
    bits += "0" * (-len(bits) % 5)
    return "".join(ALPHABET[int(bits[at : at + 5], 2)] for at in range(0, len(bits), 5))


def decode(text: str) -> bytes:
    bits = "".join(f"{ALPHABET.index(sign):05b}" for sign in text)
    return bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits) - 7, 8))


def check_of(label: str, row: str) -> str:
    """Three signs that follow from a line and its place."""
    number = int.from_bytes(hashlib.sha256(f"{label}:{row}".encode()).digest()[:2]) >> (16 - CHECK_BITS)
    return "".join(ALPHABET[number >> shift & 31] for shift in (10, 5, 0))


def read_line(text: str) -> tuple[str, int, int, str]:
    """Letter, number, how many there are and the signs of a typed line. Raises ValueError, in French."""
    match = LINE.fullmatch(text.upper())
    if not match:
        raise ValueError(f"« {text.strip()[:60]} » : une ligne commence par S1/… ou A1/…, comme sur la feuille")
    letter, number, count = match[1], int(match[2]), int(match[3])
    label = f"{letter}{number}/{count}"
    signs = re.sub(r"[\s.-]", "", match[4]).translate(SAME)
    row, check = signs[:-3], signs[-3:]
    if not row or any(sign not in ALPHABET for sign in signs) or check_of(label, row) != check:
        raise ValueError(f"ligne {label} : une faute de frappe (le contrôle ne va pas), relisez-la sur la feuille")
    return letter, number, count, row


def read_keys(lines: Iterable[str]) -> dict[str, str]:
    """The keys of typed lines, in whatever order. Raises OperationFailedError, which lists every fault."""
    rows: dict[str, dict[int, str]] = {}
    counts: dict[str, int] = {}
    faults = []
    for line in lines:
        if not line.strip():
            continue
        try:
            letter, number, count, row = read_line(line)
        except ValueError as error:
            faults.append(str(error))
            continue
        rows.setdefault(letter, {})[number] = row
        counts[letter] = count
    for letter, count in counts.items():
        missing = [f"{letter}{number}/{count}" for number in range(1, count + 1) if number not in rows[letter]]
        if missing and not faults:
            faults.append(f"il manque {', '.join(missing)}")
    if faults or not rows:
        raise OperationFailedError(
            "Les clés n'ont pas été lues, rien n'a été écrit :\n"
            + "\n".join(f"  {fault}" for fault in faults or ["aucune ligne n'a été tapée"])
        )
    keys = {letter: decode("".join(row for _, row in sorted(there.items()))) for letter, there in rows.items()}
    return {letter: key.decode() for letter, key in keys.items()}


def enter(place: Place) -> int:
    """Write the keys that are typed (or pasted from the square); others that are there are set aside."""
    if sys.stdin.isatty():
        say("Tapez les lignes de la feuille (S1/…, A1/…), puis une ligne vide :")
    keys = read_keys(iter(sys.stdin.readline, "") if not sys.stdin.isatty() else iter(lambda: input("> "), ""))
    check_folder(place)
    place.data.mkdir(parents=True, exist_ok=True)
    for letter, key in keys.items():
        path = path_of(place, letter)
        path.parent.mkdir(exist_ok=True, mode=0o750)
        if path.exists() and read_plain(path, LONGEST_KEY).decode().strip() != key:
            aside = path.rename(path.with_name(time.strftime(f"{path.name}{ASIDE}%Y%m%d-%H%M%S")))
            say(f"Une autre clé était là : mise de côté dans {aside}.")
        if not path.exists():
            write_private(path, key)
        say(f"{TITLES[letter].partition(' :')[0]} : dans {path}.")
    give_restored(place)
    if ARCHIVE in keys:
        archive_target.give(place, place.backups)
        archive_target.give(place, path_of(place, ARCHIVE))
    return 0


def path_of(place: Place, letter: str) -> Path:
    return place.data / "secret-key" if letter == SECRET else archive_target.key_file(place)


def present_keys(place: Place) -> dict[str, str]:
    """The keys of this installation. Raises OperationFailedError where there is none."""
    keys = {SECRET: os.environ.get("ARPENT_SECRET_KEY", "")}
    for letter in (SECRET, ARCHIVE):
        with suppress(OSError):
            keys[letter] = keys.get(letter) or read_plain(path_of(place, letter), LONGEST_KEY).decode().strip()
    keys = {letter: key for letter, key in keys.items() if key}
    if not keys:
        raise OperationFailedError(f"Aucune clé dans {place.data} : démarrez Arpent une fois, qui les fait.")
    return keys


def print_sheet(place: Place, target: Path | None) -> int:
    """Write the sheet as a PDF that its owner alone reads; nothing is written over."""
    if target is None:
        raise OperationFailedError(
            "Dites où écrire la feuille : ./arpent escrow FEUILLE.pdf (ou --enter pour la relire)."
        )
    target = target.absolute()
    if target.exists():
        raise OperationFailedError(f"{target} existe déjà : donnez un autre nom.")
    keys = present_keys(place)
    partial = target.with_name(f"{target.name}.part")
    try:
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        draw(partial, place, {letter: lines_of(letter, key) for letter, key in keys.items()})
        partial.replace(target)
    except OSError as error:
        raise OperationFailedError(f"Impossible d'écrire {target} : {error.strerror}.") from error
    finally:
        partial.unlink(missing_ok=True)
    if ARCHIVE in keys:
        write_private(place.backups / PRINTED, "")
        archive_target.give(place, place.backups / PRINTED)
    say(f"Feuille écrite : {target}. Imprimez-la, gardez-la hors de cette machine, puis effacez le fichier (shred -u).")
    return 0


def draw(path: Path, place: Place, keys: dict[str, list[str]]) -> None:
    """One A4 page: what it is, the lines of each key with their square, what to do."""
    from reportlab.graphics import renderPDF
    from reportlab.graphics.barcode.qr import QrCodeWidget
    from reportlab.graphics.shapes import Drawing
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(path), pagesize=A4)
    canvas.setTitle("Arpent : clés à mettre sous clé")
    y = A4[1] - 22 * mm

    def write(text: str, size: float = 10, font: str = "Helvetica", step: float = 5.4) -> None:
        nonlocal y
        canvas.setFont(font, size)
        canvas.drawString(18 * mm, y, text)
        y -= step * mm

    write("Arpent : clés à mettre sous clé", 17, "Helvetica-Bold", 9)
    now = datetime.now(ZoneInfo("Europe/Paris"))
    write(f"Imprimée le {now:%d/%m/%Y à %H:%M} sur {os.uname().nodename}, données : {place.data}")
    write(f"Archive : {os.environ.get(archive_target.SETTING, '') or 'aucune'}"[:105], step=9)
    for letter, lines in keys.items():
        write(TITLES[letter], 11, "Helvetica-Bold", 7)
        top = y
        for line in lines:
            write(line, 12, "Courier-Bold", 6.4)
        square = QrCodeWidget("\n".join(lines), barLevel="M")
        side = 42 * mm
        left, bottom, right, upper = square.getBounds()
        drawing = Drawing(side, side, transform=[side / (right - left), 0, 0, side / (upper - bottom), 0, 0])
        drawing.add(square)
        renderPDF.draw(drawing, canvas, A4[0] - side - 14 * mm, top - side + 6 * mm)
        y = min(y, top - side) - 6 * mm
    for text in INSTRUCTIONS:
        write(text, step=5.6)
    canvas.save()


INSTRUCTIONS = (
    "Ces lignes ouvrent toutes les sauvegardes. Gardez la feuille dans un coffre, loin de la machine.",
    "N'y sont pas : le secret S3 ou la clé SFTP, que l'hébergeur de l'archive peut vous redonner.",
    "",
    "Sur une machine neuve :",
    "  1. installez Arpent, et écrivez la ligne ARPENT_ARCHIVE=… ci-dessus dans <données>/arpent.conf ;",
    "  2. ./arpent escrow --enter, puis tapez les lignes (espaces et minuscules sont indifférents ; O vaut 0, I et L",
    "     valent 1) ou collez le texte du carré. Les trois derniers signes d'une ligne disent si elle est bien tapée ;",
    '  3. ./arpent restore --last, ou --at "2026-11-28 03:10" pour un instant précis.',
    "",
    "Le mode d'emploi complet : docs/how-to/restaurer.md.",
)
