"""Official value lists as data: every committed file is a list, and a faulty one says where."""

from pathlib import Path
from typing import Any

import pytest

from gis_core.codes import ROOT, CodeFileError, code_list, read_codes
from networks.roads import iisr

FILES = sorted(path for depth in ("*", "*/*") for path in ROOT.glob(f"{depth}/codes/*.csv"))
HEADER = "code,fr,en,source\n"
FAULTS = {
    "": ("line 1", "columns"),
    "code,label\n01,Un\n": ("line 1", "columns"),
    HEADER: ("line 2", "no code"),
    f"{HEADER}01,Un,One\n": ("line 2", "3 cells"),
    f"{HEADER}01,Un,One,Arpent\n\n": ("line 3", "0 cells"),
    f"{HEADER}01,Un,One,\n": ("line 2", "source is empty"),
    f"{HEADER},,One,Arpent\n": ("line 2", "code, fr is empty"),
    f"{HEADER}01,Un ,One,Arpent\n": ("line 2", "blank"),
    f"{HEADER}01,Un,One,Arpent\n02,Deux,Two,Arpent\n01,Un,One,Arpent\n": ("line 4", "the code 01"),
    f'{HEADER}01,"Un"x,One,Arpent\n': ("line 2", "expected"),
}


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "numbers.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_there_are_lists() -> None:
    assert len(FILES) > 40


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_committed_file_is_a_list_and_its_app_reads_it(path: Path) -> None:
    codes = read_codes(path)
    assert len({row.code for row in codes}) == len(codes)
    assert all(row.source for row in codes)
    assert b"\r" not in path.read_bytes()
    app = path.parents[1]
    assert any(f'"{path.stem}"' in module.read_text() for module in app.rglob("*.py"))
    assert list(code_list(".".join(app.relative_to(ROOT).parts), path.stem)) == [row.code for row in codes]


def test_labels_are_kept_as_they_are_written(tmp_path: Path) -> None:
    codes = read_codes(written(tmp_path, f'{HEADER}B,"Un, « deux »",,Arpent\nA,L’un,One,"IISR, part 1"\n'))
    assert codes == [("B", "Un, « deux »", "", "Arpent"), ("A", "L’un", "One", "IISR, part 1")]


@pytest.mark.parametrize(("text", "said"), FAULTS.items())
def test_a_faulty_file_is_named_with_its_line(tmp_path: Path, text: str, said: tuple[str, str]) -> None:
    path = written(tmp_path, text)
    with pytest.raises(CodeFileError) as refused:
        read_codes(path)
    assert all(part in str(refused.value) for part in (str(path), *said))


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CodeFileError, match=r"numbers\.csv, line 2: not in UTF-8"):
        read_codes(written(tmp_path, f"{HEADER}01,Étagé,Staged,Arpent\n".encode("latin-1")))


def test_a_list_is_read_once_and_nobody_changes_it() -> None:
    codes: Any = code_list("networks.water", "materials")
    assert codes is code_list("networks.water", "materials")
    assert codes["fd"] == ("Fonte ductile", "Ductile iron")
    with pytest.raises(TypeError):
        codes["fd"] = ("", "")


def test_a_list_that_no_app_has_is_not_found() -> None:
    with pytest.raises(FileNotFoundError):
        code_list("networks.water", "colours")


def test_every_family_of_signs_has_labels() -> None:
    assert set(iisr.FAMILIES) == {*iisr.PATTERNS, "unknown"}
