import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from gis_core.operations.translations import catalogue_faults

ROOT = Path(__file__).resolve().parents[2]
APPS = ("gis_core", "layers", "orthophoto", "tiles", "permits", "networks")
ENTRY = re.compile(r'(msgctxt ".*"\n)?msgid "(.+)"\n(?:msgid_plural ".*"\n)?msgstr(?:\[0\])? "(.*)"\n')
HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'


def faults(folder: Path, content: str) -> list[str]:
    path = folder / "django.po"
    path.write_text(HEADER + content)
    return catalogue_faults(path, folder)


def test_a_complete_catalogue_has_no_fault(tmp_path: Path):
    assert faults(tmp_path, 'msgid "Layer"\nmsgstr "Couche"\n') == []


def test_a_missing_translation_is_a_fault(tmp_path: Path):
    assert faults(tmp_path, 'msgid "Layer"\nmsgstr ""\n') == ['django.po : sans traduction : "Layer"']


def test_a_doubtful_translation_is_a_fault(tmp_path: Path):
    assert faults(tmp_path, '#, fuzzy\nmsgid "Layer"\nmsgstr "Calque"\n') == ['django.po : à relire (fuzzy) : "Layer"']


def test_an_unused_translation_is_a_fault(tmp_path: Path):
    assert faults(tmp_path, '#~ msgid "Layer"\n#~ msgstr "Couche"\n') == ['django.po : inutilisées : "Layer"']


def entries() -> Iterator[tuple[str, str, str]]:
    """What is said without a context: catalogue, text, French, where spaces that do not break are spaces."""
    for path in (one for app in APPS for one in sorted((ROOT / app).rglob("locale/fr/LC_MESSAGES/django.po"))):
        whole = path.read_text("utf-8").replace('"\n"', "").replace("\u00a0", " ").replace("\u202f", " ")
        for context, text, french in ENTRY.findall(whole + "\n"):
            if not context:
                yield path.relative_to(ROOT).as_posix(), text, french


def test_one_text_reads_alike_in_every_catalogue():
    """Of two the first would win everywhere: choose one, or give the other a context (pgettext)."""
    said = defaultdict(dict)
    for catalogue, text, french in entries():
        said[text][french] = catalogue
    assert len(said) > 3000
    assert {text: found for text, found in said.items() if len(found) > 1} == {}
