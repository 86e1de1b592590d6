"""Loading MAJIC: what comes in, what is left out, in which words, and what is kept."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from gis_core.members.rights import SYSTEM, acting_as
from gis_core.models import HistoryEvent
from layers.intake.reference_source import Order
from layers.intake.report import ImportReport
from layers.intake.report_text import report_lines
from layers.owners.importers.load_majic import import_majic
from layers.owners.models import Birth, Exemption, Holding, Owner, Premises
from tests import factories
from tests.owners.deliveries import ACCOUNT, IDU, line, owner, parcel, written

pytestmark = pytest.mark.django_db


def loaded(*paths: Path, territory: frozenset[str] | None = None) -> ImportReport:
    with factories.as_worker(), acting_as(SYSTEM):
        return import_majic(Order(paths=paths, territory=territory))


def rows(model: Any, **conditions: Any) -> list[Any]:
    with factories.as_owner():
        return list(model.objects.filter(**conditions).order_by("id"))


def codes(report: ImportReport, group: str) -> list[tuple[str, int | None]]:
    return [(one["code"], one["index"]) for file in report.as_json()["files"] for one in file["rows"][group]]


def test_the_synthetic_delivery_gives_what_it_must(shared_data: Path) -> None:
    folder = shared_data / "majic" / "synthetique_25354"
    truth = json.loads((folder / "verite_attendue.json").read_text())
    report = loaded(folder)
    assert report.refused == 0
    holdings = rows(Holding)
    names: dict[str, list[str]] = {}
    for one in sorted(rows(Owner), key=lambda one: (one.account, one.rank)):
        names.setdefault(one.account, []).append(one.denomination)
    premises = Counter(one.idu for one in rows(Premises))
    found = [
        {
            "idu": one.idu[2:],
            "contenance": one.area_m2,
            "compte": one.account,
            "suf": one.subdivisions,
            "locaux": premises[one.idu],
            "proprietaires": names[one.account],
        }
        for one in holdings
    ]
    assert sorted(found, key=lambda one: one["idu"]) == sorted(truth["detail"], key=lambda one: one["idu"])
    assert (len(holdings), len(names), sum(premises.values())) == (
        truth["parcelles"],
        truth["comptes"],
        truth["locaux"],
    )


def test_a_delivery_with_headers_alone_says_so(shared_data: Path) -> None:
    report = loaded(shared_data / "majic" / "13029")
    problems = {file.name: file.problem and file.problem.code for file in report.files}
    assert problems["REVPROP.800"] == problems["REVNBAT.800"] == problems["REVBATI.800"] == "majic_empty"
    assert report.exit_code == 2


def test_a_parcel_its_owner_and_their_birth_lie_in_tables_of_their_own(tmp_path: Path) -> None:
    loaded(written(tmp_path, "REVNBAT.450", parcel()), written(tmp_path, "REVPROP.450", owner()))
    (holding,), (person,), (birth,) = rows(Holding), rows(Owner), rows(Birth)
    assert (holding.idu, holding.account, holding.area_m2, holding.address) == (IDU, ACCOUNT, 1234, "RUE D ESSAI")
    assert (person.account, person.name, person.first_names, person.address) == (
        ACCOUNT,
        "FICTIF",
        "EVE",
        "12 RUE D ESSAI",
    )
    assert (birth.born, birth.birthplace) == ("18/05/1980", "45 ESSAI")


def test_an_exemption_keeps_its_reason(tmp_path: Path) -> None:
    reason = line("NBAT", "30", ccosec="AB", dnupla="0001", rnuexn="01", gnexts="NA", jandeb="2020", jfinex="2030")
    loaded(written(tmp_path, "REVNBAT.450", parcel(), reason))
    (found,) = rows(Exemption)
    assert (found.idu, found.code, found.first_year, found.last_year) == (IDU, "NA", "2020", "2030")


def test_a_line_cut_short_is_named_and_the_rest_is_loaded(tmp_path: Path) -> None:
    report = loaded(written(tmp_path, "REVPROP.450", owner(), owner(rank=2)[:300], owner(rank=3)))
    assert codes(report, "refused") == [("majic_cut", 3)]
    assert (report.loaded, len(rows(Owner))) == (2, 2)
    assert "637" in report.files[0].refused[0].message


def test_a_line_cut_after_what_is_read_is_told(tmp_path: Path) -> None:
    report = loaded(written(tmp_path, "REVPROP.450", owner(), owner(rank=2)[:650]))
    assert codes(report, "remarks") == [("majic_shorter", 3)]
    assert report.loaded == 2


def test_windows_line_ends_and_latin_1_are_read_and_told(tmp_path: Path) -> None:
    path = written(tmp_path, "REVPROP.450", owner(dnomus="HÉLOÏN"), end="\r\n", encoding="latin-1")
    report = loaded(path)
    assert codes(report, "remarks") == [("majic_returns", 1), ("majic_encoding", 2)]
    assert rows(Owner)[0].name == "HÉLOÏN"


def test_a_parcel_that_the_plan_does_not_have_is_told_and_loaded(tmp_path: Path) -> None:
    factories.parcel(number="0001")
    report = loaded(written(tmp_path, "REVNBAT.450", parcel(1), parcel(2)), written(tmp_path, "REVPROP.450", owner()))
    assert codes(report, "remarks") == [("majic_ghost", 3)]
    assert len(rows(Holding)) == 2


def test_a_commune_without_a_plan_is_told_once(tmp_path: Path) -> None:
    report = loaded(written(tmp_path, "REVNBAT.450", parcel(1), parcel(2)), written(tmp_path, "REVPROP.450", owner()))
    assert codes(report, "remarks") == [("majic_no_plan", 2)]
    assert report.refused == 0


def test_an_unknown_year_refuses_the_file_and_not_the_others(tmp_path: Path) -> None:
    report = loaded(written(tmp_path, "REVNBAT.450", parcel(), year=2019), written(tmp_path, "REVPROP.450", owner()))
    problem = report.files[0].problem
    assert problem is not None
    assert "2019" in problem.message
    assert (rows(Holding), len(rows(Owner))) == ([], 1)


def test_a_file_without_its_first_line_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "REVPROP.450"
    path.write_text(owner() + "\n")
    assert loaded(path).files[0].problem.code == "majic_header"


def test_a_file_whose_name_says_nothing_is_refused(tmp_path: Path) -> None:
    report = loaded(written(tmp_path, "inconnu.txt", owner()))
    assert report.files[0].problem.code == "not_majic"


def test_files_of_which_nothing_is_read_are_told(tmp_path: Path) -> None:
    report = loaded(written(tmp_path, "REVFPDL.450"), written(tmp_path, "REVPROP.450", owner()))
    assert codes(report, "remarks") == [("majic_not_read", None)]
    assert report.refused == 0


def test_lines_that_are_not_read_are_counted(tmp_path: Path) -> None:
    other = line("NBAT", "21", ccosec="AB", dnupla="0001")
    report = loaded(written(tmp_path, "REVNBAT.450", parcel(), other[:19] + "36" + other[21:]))
    assert "36" in report.files[0].remarks[0].message


def test_a_repeated_line_is_left_out(tmp_path: Path) -> None:
    report = loaded(written(tmp_path, "REVNBAT.450", parcel(), parcel()), written(tmp_path, "REVPROP.450", owner()))
    assert codes(report, "refused") == [("duplicate_in_import", 3)]


def test_a_line_of_another_year_is_no_repetition(tmp_path: Path) -> None:
    folders = {year: tmp_path / str(year) for year in (2024, 2025)}
    for folder in folders.values():
        folder.mkdir()
    report = loaded(*(written(folder, "REVPROP.450", owner(), year=year) for year, folder in folders.items()))
    assert codes(report, "refused") == []
    assert [one.year for one in rows(Owner)] == [2024, 2025]


def test_another_members_communes_do_not_come_in(tmp_path: Path) -> None:
    path = written(tmp_path, "REVPROP.450", owner(), owner(insee="45902"))
    report = loaded(path, territory=frozenset({"45901"}))
    assert codes(report, "refused") == [("outside_territory", 3)]
    assert {one.insee for one in rows(Owner)} == {"45901"}


def test_an_impossible_area_is_refused_by_its_line(tmp_path: Path) -> None:
    report = loaded(written(tmp_path, "REVNBAT.450", parcel(), parcel(2, dcntpa="00000X234")))
    assert codes(report, "refused") == [("bad_value", 3)]


def test_premises_without_a_place_are_left_out(tmp_path: Path) -> None:
    place = line("BATI", "00", invar="0000000001", ccosec="AB", dnupla="0001", dnubat="A")
    whose = [line("BATI", "10", invar=f"000000000{number}", dnupro="A00001") for number in (1, 2)]
    report = loaded(written(tmp_path, "REVBATI.450", place, *whose))
    assert codes(report, "refused") == [("majic_no_place", 4)]
    assert [(one.idu, one.account, one.where) for one in rows(Premises)] == [(IDU, ACCOUNT, "bât. A")]


def test_the_same_year_again_replaces_its_communes_and_no_other(tmp_path: Path) -> None:
    loaded(written(tmp_path, "REVPROP.450", owner(), owner(rank=2), owner(insee="45902")))
    loaded(written(tmp_path, "REVPROP.450", owner(dnomus="AUTRE")))
    assert [(one.insee, one.name) for one in rows(Owner)] == [("45902", "FICTIF"), ("45901", "AUTRE")]


def test_only_the_latest_year_and_the_one_before_are_kept(tmp_path: Path) -> None:
    for year in (2024, 2025, 2026):
        loaded(
            written(tmp_path, "REVPROP.450", owner(), year=year), written(tmp_path, "REVNBAT.450", parcel(), year=year)
        )
    assert {one.year for model in (Holding, Owner, Birth) for one in rows(model)} == {2025, 2026}


def test_a_year_that_may_not_be_kept_is_refused(tmp_path: Path) -> None:
    loaded(written(tmp_path, "REVPROP.450", owner(), year=2026))
    report = loaded(written(tmp_path, "REVPROP.450", owner(), year=2024))
    assert report.files[0].problem.code == "majic_too_old"
    assert {one.year for one in rows(Owner)} == {2026}


def test_an_import_is_one_event_which_names_nobody(tmp_path: Path) -> None:
    loaded(written(tmp_path, "REVNBAT.450", parcel()), written(tmp_path, "REVPROP.450", owner()))
    (event,) = rows(HistoryEvent, kind="import")
    assert (event.detail["source"], event.detail["loaded"], event.detail["years"]) == ("majic", 2, [2025])
    assert "FICTIF" not in json.dumps(event.detail)


def test_a_report_names_nobody(tmp_path: Path) -> None:
    path = written(tmp_path, "REVPROP.450", owner(), owner(), owner(rank=2)[:600], owner(rank=3, dnupro="?"))
    report = loaded(path)
    assert report.files[0].refused_rows == 3
    assert "FICTIF" not in json.dumps(report.as_json())


def test_the_command_says_what_it_did_and_exits_accordingly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, "REVPROP.450", owner(), owner(rank=2)[:300])
    with factories.as_worker(), pytest.raises(SystemExit) as stopped:
        call_command("import_majic", str(path))
    assert stopped.value.code == 1
    assert "a été coupée" in capsys.readouterr().out


def test_text_of_another_kind_is_told_for_what_it_is(tmp_path: Path) -> None:
    path = written(tmp_path, "REVPROP.450", owner())
    path.write_bytes("250".encode("utf-16"))
    report = loaded(path)
    assert "GeoJSON" not in "\n".join(report_lines(report.as_json()))
    assert report.files[0].problem.code == "other_format_lines"


@pytest.mark.parametrize("name", ["", "absent"])
def test_a_command_without_a_file_to_read_says_so(tmp_path: Path, name: str) -> None:
    with factories.as_worker(), pytest.raises(CommandError) as stopped:
        call_command("import_majic", str(tmp_path / name))
    assert stopped.value.returncode == 2
