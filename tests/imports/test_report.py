"""The report of an import: counts, words, exit code."""

import json

from layers.intake.report import MOST_ENTRIES, ImportReport
from layers.intake.rows import FileRefused, Refused, Remark


def report() -> ImportReport:
    made = ImportReport("etalab", member="lys")
    made.file("parcels.json", "parcels")
    return made


def test_exit_code_is_0_when_nothing_was_refused() -> None:
    made = report()
    made.files[0].row_loaded(1, "45901000AB0121", [Remark("date_ignored", {"name": "created", "value": "Absent"})])
    assert (made.exit_code, made.repaired) == (0, 1)


def test_exit_code_is_1_when_something_was_refused() -> None:
    made = report()
    made.files[0].row_loaded(1, None)
    made.files[0].row_refused(Refused(2, None, "no_geometry"))
    assert (made.exit_code, made.loaded, made.refused) == (1, 1, 1)


def test_exit_code_is_1_when_one_file_of_two_was_refused() -> None:
    made = report()
    made.files[0].row_loaded(1, None)
    made.file("other.json").file_refused(FileRefused("not_etalab", found="color"))
    assert made.exit_code == 1


def test_exit_code_is_2_when_nothing_was_loaded() -> None:
    made = report()
    assert made.exit_code == 2
    made.files[0].row_loaded(1, None)
    made.files[0].file_refused(FileRefused("not_etalab", found="color"))
    assert made.exit_code == 2


def test_the_report_is_json_with_words_and_codes() -> None:
    made = report()
    made.files[0].row_refused(Refused(3, "45901000AB0121", "no_geometry"))
    made.files[0].add_remark(Remark("utf8_bom"))
    (file,) = json.loads(json.dumps(made.as_json()))["files"]
    (refused,) = file["rows"]["refused"]
    assert (refused["index"], refused["code"]) == (3, "no_geometry")
    assert refused["words"]
    assert file["remarks"] == 1


def test_lists_stop_where_counts_go_on() -> None:
    made = report()
    for index in range(MOST_ENTRIES + 5):
        made.files[0].row_refused(Refused(index, None, "no_geometry"))
        made.files[0].row_loaded(index, None, [Remark("utf8_bom")])
    file = made.as_json()["files"][0]
    assert (file["refused"], len(file["rows"]["refused"])) == (MOST_ENTRIES + 5, MOST_ENTRIES)
    assert (file["repaired"], len(file["rows"]["repaired"])) == (MOST_ENTRIES + 5, MOST_ENTRIES)
