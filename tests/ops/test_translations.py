import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from gis_core.operations.catalogues import (
    Catalogue,
    read_catalogue,
    read_entries,
    restrict,
    update_catalogues,
    write_catalogue,
)
from gis_core.operations.environment import app_folder
from gis_core.operations.failure import OperationFailedError
from gis_core.operations.translations import CATALOGUE, catalogue_faults

ROOT = Path(__file__).resolve().parents[2]
APPS = ("gis_core", "layers", "orthophoto", "tiles", "permits", "networks", "simulation")
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


COMMON, WATER, ROADS = Path("common"), Path("water"), Path("roads")


def catalogue(*lines: str) -> Catalogue:
    """Its header, and what is given of it: "Layer = Couche", "Layer =" without translation."""
    pairs = [line.partition(" =") for line in lines]
    content = "\n".join(f'msgid "{text}"\nmsgstr "{french.strip()}"\n' for text, _, french in pairs)
    return {entry.key: entry for entry in read_entries(HEADER + content)}


def updated(used: dict[Path, Catalogue], **present: Catalogue) -> dict[Path, Catalogue]:
    catalogues = {path: present.get(path.name, catalogue()) for path in (COMMON, ROADS, WATER)}
    return update_catalogues(catalogues, used, COMMON)


def test_a_new_message_stands_at_the_end_without_translation():
    used = {WATER: catalogue("Pipe =", "Valve =")}
    assert updated(used, water=catalogue("Valve = Vanne"))[WATER] == catalogue("Valve = Vanne", "Pipe =")


def test_a_message_that_nobody_uses_goes():
    used = {WATER: catalogue("Valve =")}
    assert updated(used, water=catalogue("Pipe = Canalisation", "Valve = Vanne"))[WATER] == catalogue("Valve = Vanne")


def test_a_message_of_several_apps_stands_once_in_the_common_catalogue():
    used = {WATER: catalogue("State ="), ROADS: catalogue("State =")}
    result = updated(used, water=catalogue("State = État"), roads=catalogue("State = État"))
    assert result == {COMMON: catalogue("State = État"), WATER: catalogue(), ROADS: catalogue()}


def test_a_message_that_two_apps_translate_differently_is_translated_anew():
    used = {COMMON: catalogue("Event ="), ROADS: catalogue("Event =")}
    result = updated(used, common=catalogue("Event = Événement"), roads=catalogue("Event = Manifestation"))
    assert result == {COMMON: catalogue("Event ="), WATER: catalogue(), ROADS: catalogue()}


def test_a_message_of_one_app_that_the_common_catalogue_has_is_translated_there():
    result = updated({WATER: catalogue("State =")}, common=catalogue("State = État"))
    assert result == {COMMON: catalogue("State = État"), WATER: catalogue(), ROADS: catalogue()}


def test_a_translation_follows_its_message_to_another_app():
    result = updated({ROADS: catalogue("State =")}, water=catalogue("State = État"))
    assert result == {COMMON: catalogue(), WATER: catalogue(), ROADS: catalogue("State = État")}


def test_a_message_that_is_counted_now_is_translated_anew():
    counted = {
        entry.key: entry
        for entry in read_entries(HEADER + 'msgid "Pipe"\nmsgid_plural "Pipes"\nmsgstr[0] ""\nmsgstr[1] ""')
    }
    assert updated({WATER: counted}, water=catalogue("Pipe = Canalisation"))[WATER] == counted


def test_the_update_of_one_app_leaves_the_messages_of_others():
    catalogues = {COMMON: catalogue(), WATER: catalogue("Pipe = Canalisation"), ROADS: catalogue("Gone = Parti")}
    used = {WATER: catalogue("Valve ="), ROADS: catalogue("Road =")}
    keys = {*catalogues[WATER], *used[WATER]}
    assert restrict(catalogues, update_catalogues(catalogues, used, COMMON), keys) == {
        COMMON: catalogue(),
        WATER: catalogue("Valve ="),
        ROADS: catalogue("Gone = Parti"),
    }


def test_an_app_that_is_not_there_is_said():
    with pytest.raises(OperationFailedError, match="danse"):
        app_folder("danse")
    assert app_folder("networks.water") == app_folder("networks/water/") == "networks/water"


def test_a_catalogue_is_written_as_it_is_read():
    for path in (one for app in APPS for one in sorted((ROOT / app).rglob(CATALOGUE.as_posix()))):
        assert "\n\n".join("\n".join(entry.lines) for entry in read_catalogue(path).values()) + "\n" == path.read_text()


def test_where_a_message_stands_in_the_code_is_not_written(tmp_path: Path):
    path = tmp_path / "django.po"
    path.write_text(
        HEADER + '#. Said on the map\n#: layers/pages.py:3\n#, python-format\nmsgid "Layer"\nmsgstr "Couche"\n'
    )
    write_catalogue(path, read_catalogue(path))
    assert path.read_text() == HEADER + '#, python-format\nmsgid "Layer"\nmsgstr "Couche"\n'


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
    for path, text, french in entries():
        said[text][french] = path
    assert len(said) > 3000
    assert {text: found for text, found in said.items() if len(found) > 1} == {}
