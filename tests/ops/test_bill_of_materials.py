"""What a version is made of, its licences, and advisories on it: from the locks, without a network."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from referencing import Registry, Resource

from gis_core.operations import audit, bill_of_materials
from gis_core.operations.bill_of_materials import Component, components, cyclonedx, fits, licence_faults, pins
from gis_core.operations.environment import ROOT
from gis_core.operations.failure import OperationFailedError

SCHEMAS = Path(__file__).parents[1] / "data/cyclonedx"


def library(**changes: Any) -> Component:
    values: dict[str, Any] = {
        "ecosystem": "pypi",
        "name": "essai",
        "version": "1.2.3",
        "licence": "MIT",
        "hashes": (),
        "runs": True,
    }
    return Component(**values | changes)


def validator() -> Draft7Validator:
    schemas = [json.loads(path.read_text()) for path in SCHEMAS.glob("*.json")]
    registry: Registry[Any] = Registry().with_resources((one["$id"], Resource.from_contents(one)) for one in schemas)
    (bom,) = (one for one in schemas if one["$id"].endswith("bom-1.6.schema.json"))
    return Draft7Validator(bom, registry=registry)


def test_the_bill_is_what_cyclonedx_wants_and_holds_both_ecosystems(tmp_path: Path) -> None:
    assert bill_of_materials.write(tmp_path) == 0
    (path,) = tmp_path.glob("*.cdx.json")
    bill = json.loads(path.read_text())
    assert [error.message for error in validator().iter_errors(bill)] == []
    purls = {one["purl"]: one["scope"] for one in bill["components"]}
    assert len(purls) == len(bill["components"])
    names = {purl.partition("@")[0]: scope for purl, scope in purls.items() if "%40" not in purl}
    assert (names["pkg:pypi/django"], names["pkg:pypi/pytest"]) == ("required", "excluded")
    assert (names["pkg:npm/ol"], names["pkg:npm/vite"]) == ("required", "excluded")
    assert all(one["hashes"] and one["licenses"] for one in bill["components"])


def test_the_schema_refuses_a_bill_that_is_none() -> None:
    bill = cyclonedx([library()])
    bill["components"][0]["type"] = "bibliothèque"
    assert list(validator().iter_errors(bill))


def test_the_same_locks_make_the_same_bill() -> None:
    assert cyclonedx(components()) == cyclonedx(components())


def test_what_runs_is_a_part_of_what_is_locked() -> None:
    whole, running = (set(map(repr, pins(ROOT / name))) for name in ("requirements.lock", "requirements.run.lock"))
    assert running < whole


@pytest.mark.parametrize(
    ("expression", "good"),
    [
        ("MIT", True),
        ("LGPL-3.0-only", True),
        ("GPL-2.0-only", False),
        ("GPL-2.0-only OR MIT", True),
        ("MIT AND SSPL-1.0", False),
        ("(MIT OR SSPL-1.0) AND ISC", True),
        ("(MIT AND SSPL-1.0) OR (GPL-2.0-only AND ISC)", False),
        ("", False),
    ],
)
def test_a_licence_fits_or_not(expression: str, good: bool) -> None:
    assert fits(expression) is good


@pytest.mark.parametrize(("licence", "words"), [("", "pas connue"), ("BUSL-1.1", "ne va pas avec l’AGPL")])
def test_a_licence_that_is_in_the_way_is_a_fault_of_check(licence: str, words: str) -> None:
    faults = licence_faults([*components(), library(licence=licence)])
    assert [("essai 1.2.3" in fault, words in fault) for fault in faults] == [(True, True)]


def test_the_licences_of_all_libraries_are_known_and_fit() -> None:
    assert licence_faults(components()) == []


# -- advisories --------------------------------------------------------------------------------------------------------


def advisory(ecosystem: str, name: str, **affected: Any) -> dict[str, Any]:
    package = {"ecosystem": ecosystem, "name": name}
    return {
        "id": "GHSA-essai",
        "modified": "2026-11-30T00:00:00Z",
        "summary": "Une faute",
        "affected": [{"package": package, **affected}],
    }


def give(folder: Path, *advisories: dict[str, Any]) -> Path:
    harmless = [advisory("PyPI", "personne"), advisory("npm", "personne")]
    with zipfile.ZipFile(folder / "all.zip", "w") as archive:
        for number, one in enumerate([*harmless, *advisories]):
            archive.writestr(f"{number}.json", json.dumps(one))
    return folder


def test_without_advisories_it_is_said_that_nothing_was_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit.run(None) == audit.NOT_DONE
    assert "N’A PAS ÉTÉ FAIT" in capsys.readouterr().out
    assert audit.run(tmp_path) == audit.NOT_DONE
    assert "PyPI ni npm" in capsys.readouterr().out


def test_a_faulty_library_is_named_whatever_its_ecosystem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ours = {one.name: one for one in components()}
    listed = advisory("PyPI", "Django", versions=[ours["django"].version])
    ranged = advisory("npm", "ol", ranges=[{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "999.0.0"}]}])
    assert audit.run(give(tmp_path, listed, ranged)) == 1
    text = capsys.readouterr().out
    assert f"django {ours['django'].version} (dans le produit) : GHSA-essai Une faute" in text
    assert f"ol {ours['ol'].version} (dans le produit)" in text


def test_what_is_mended_or_withdrawn_is_no_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mended = advisory("npm", "ol", ranges=[{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "1.0.0"}]}])
    withdrawn = advisory("npm", "ol", ranges=[{"type": "SEMVER", "events": [{"introduced": "0"}]}]) | {
        "withdrawn": "2026-01-01"
    }
    assert audit.run(give(tmp_path, mended, withdrawn)) == 0
    assert "aucune faute connue" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("version", "events", "inside"),
    [
        ("1.5.0", [{"introduced": "1.0.0"}, {"fixed": "1.5.0"}], False),
        ("1.4.9", [{"introduced": "1.0.0"}, {"fixed": "1.5.0"}], True),
        ("2.0.0", [{"introduced": "0"}, {"fixed": "1.5.0"}, {"introduced": "2.0.0"}, {"fixed": "2.0.1"}], True),
        ("1.2.0", [{"introduced": "1.0.0"}, {"last_affected": "1.2.0"}], True),
        ("1.2.1", [{"introduced": "1.0.0"}, {"last_affected": "1.2.0"}], False),
        ("étrange", [{"introduced": "0"}], True),
    ],
)
def test_a_version_lies_in_a_range_or_not(version: str, events: list[dict[str, str]], inside: bool) -> None:
    assert audit.in_range(version, events) is inside


def test_a_damaged_archive_of_advisories_is_refused_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "all.zip").write_bytes(b"PK")
    with pytest.raises(OperationFailedError, match=r"all\.zip"):
        audit.run(tmp_path)
