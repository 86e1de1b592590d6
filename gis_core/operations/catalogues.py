"""Catalogues of translations (.po) as text: an entry that nothing changes keeps its very lines and its place."""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

PREFIX = re.compile(r'(msgctxt|msgid_plural|msgid|msgstr(?:\[\d+\])?) (?=")')
# Where a message stands, and remarks to translators, change with every edit of the code.
DROPPED = ("#:", "#.", "#|")


class Key(NamedTuple):
    """What names a message: its context ("" for none) and its text."""

    context: str
    text: str


HEADER = Key("", "")


@dataclass(frozen=True, slots=True)
class Entry:
    """A message and its translation, as the lines of the file."""

    lines: tuple[str, ...]

    @property
    def key(self) -> Key:
        return Key(self._texts("msgctxt")[0], self._texts("msgid")[0])

    @property
    def is_obsolete(self) -> bool:
        return any(line.startswith("#~") for line in self.lines)

    @property
    def is_fuzzy(self) -> bool:
        return any(line.startswith("#,") and "fuzzy" in line for line in self.lines)

    @property
    def has_plural(self) -> bool:
        return any(line.startswith("msgid_plural") for line in self.lines)

    @property
    def is_untranslated(self) -> bool:
        return not all(self.translations)

    @property
    def translations(self) -> list[str]:
        """One text, or one for each plural form."""
        return self._texts("msgstr")

    def _texts(self, keyword: str) -> list[str]:
        """The texts after a keyword, `msgstr` being each of its plural forms; one empty text where it is missing."""
        texts: list[str] = []
        current = ""
        for line in (line.removeprefix("#~ ") for line in self.lines):
            if match := PREFIX.match(line):
                current = match[1].partition("[")[0]
                if current == keyword:
                    texts.append("")
            if current == keyword and not line.startswith("#"):
                texts[-1] += ast.literal_eval(PREFIX.sub("", line, count=1))
        return texts or [""]


type Catalogue = dict[Key, Entry]


def read_catalogue(path: Path) -> Catalogue:
    """The entries in their order, the header first; those out of use (`#~`) are left out."""
    return {entry.key: entry for entry in read_entries(path.read_text("utf-8")) if not entry.is_obsolete}


def read_entries(text: str) -> list[Entry]:
    """All entries of a .po file, those out of use too."""
    blocks = re.split(r"\n\s*\n", text.strip())
    return [Entry(tuple(line for line in block.splitlines() if not line.startswith(DROPPED))) for block in blocks]


def write_catalogue(path: Path, catalogue: Catalogue) -> None:
    """Entries apart by an empty line, in their order."""
    path.write_text("\n\n".join("\n".join(entry.lines) for entry in catalogue.values()) + "\n", "utf-8")


def update_catalogues(
    catalogues: Mapping[Path, Catalogue], used: Mapping[Path, Catalogue], common: Path
) -> dict[Path, Catalogue]:
    """The catalogues as the code needs them: each message once, that of several apps in the common catalogue.

    `used` are the messages of the code, untranslated, by the catalogue of the app that they are in. A message that is
    in the common catalogue stays there while anybody uses it. A translation follows its message from one catalogue to
    another; a new message stands at the end, without translation. So does one that two catalogues translate
    differently: it means two things, and the later of them wants a context (`pgettext`).
    """
    used = {path: {key: entry for key, entry in part.items() if key != HEADER} for path, part in used.items()}
    counts = Counter(key for messages in used.values() for key in messages)
    shared = {key for key, count in counts.items() if count > 1} | set(catalogues[common])
    translations: Catalogue = {}
    for path in sorted(catalogues, key=lambda path: path == common):
        translations |= catalogues[path]
    for key in _translated_differently(catalogues.values()):
        del translations[key]
    updated = {}
    for path in catalogues:
        messages = {key: entry for key, entry in used.get(path, {}).items() if path == common or key not in shared}
        if path == common:
            messages |= _several(used, shared)
        updated[path] = _update(catalogues[path], messages, translations)
    return updated


def _translated_differently(catalogues: Iterable[Catalogue]) -> set[Key]:
    first: dict[Key, list[str]] = {}
    different = set()
    for entries in catalogues:
        for key, entry in entries.items():
            if key == HEADER or entry.is_untranslated:
                continue
            if first.setdefault(key, entry.translations) != entry.translations:
                different.add(key)
    return different


def _several(used: Mapping[Path, Catalogue], shared: Set[Key]) -> Catalogue:
    """The messages of all apps that are said in common; with its plural where one of the apps counts."""
    messages: Catalogue = {}
    for part in used.values():
        for key, entry in part.items():
            if key in shared and (key not in messages or entry.has_plural):
                messages[key] = entry
    return messages


def _update(present: Catalogue, messages: Catalogue, translations: Catalogue) -> Catalogue:
    """What is present and used, in its order, then the rest of the messages with the translations there are."""
    kept = [key for key in present if key in messages]
    new = [key for key in messages if key not in present]
    updated = {HEADER: present[HEADER]}
    for key in kept + new:
        message, translated = messages[key], translations.get(key)
        fits = translated is not None and (translated.has_plural or not message.has_plural)
        updated[key] = translated if translated is not None and fits else message
    return updated


def restrict(
    catalogues: Mapping[Path, Catalogue], updated: Mapping[Path, Catalogue], keys: Set[Key]
) -> dict[Path, Catalogue]:
    """The update of these messages alone: every other one stays as it is."""
    return {
        path: {
            key: entry
            for key, entry in (present | updated[path]).items()
            if key in (updated[path] if key in keys else present)
        }
        for path, present in catalogues.items()
    }
