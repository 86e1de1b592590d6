from pathlib import Path

from gis_core.ops.translations import catalogue_faults

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
