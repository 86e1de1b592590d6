"""Years of MAJIC that may not be kept: neither kept beside an import, nor back with one that is taken back."""

from pathlib import Path

import pytest
from django.db import ProgrammingError, connection, transaction

from gis_core.models import ReplacedRow
from layers.owners.models import Owner
from tests import factories
from tests.imports.test_import_loss import command
from tests.imports.test_taking_back_sources import latest, take_back
from tests.owners.deliveries import owned, owner, written

pytestmark = pytest.mark.django_db
TABLES = ("owners_holding", "owners_premises", "owners_owner", "owners_birth", "owners_exemption")


def loaded(folder: Path, insee: str, year: int, name: str) -> int:
    """Import the only owner of a commune in a year; the number of the import."""
    path = written(folder, "REVPROP.450", owner(insee=insee, dnomus=name), year=year)
    assert command("majic", path)[0] in (0, 1)
    return latest()


def replaced_in_december(folder: Path) -> int:
    """A commune's owners of 2024 come twice; the number of the second import."""
    loaded(folder, "45901", 2024, "FICTIF")
    return loaded(folder, "45901", 2024, "AUTRE")


def kept_years() -> set[int]:
    with factories.as_owner():
        rows = ReplacedRow.objects.filter(table__in=TABLES).exclude(operation="INSERT")
        return set(rows.values_list("old__year", flat=True))


def owners() -> set[tuple[int, str]]:
    with factories.as_owner():
        return set(Owner.objects.values_list("year", "insee"))


def test_a_year_that_may_not_be_kept_goes_from_what_imports_replaced(tmp_path: Path) -> None:
    replaced_in_december(tmp_path)
    assert kept_years() == {2024}
    loaded(tmp_path, "45902", 2026, "FICTIF")
    assert kept_years() == set()


def test_a_year_that_may_be_kept_stays_among_what_imports_replaced(tmp_path: Path) -> None:
    replaced_in_december(tmp_path)
    loaded(tmp_path, "45902", 2025, "FICTIF")
    assert kept_years() == {2024}


def test_an_import_of_another_commune_taken_back_brings_no_forbidden_year(tmp_path: Path) -> None:
    december = replaced_in_december(tmp_path)
    loaded(tmp_path, "45902", 2026, "FICTIF")
    take_back(december)
    assert owners() == {(2026, "45902")}


def test_what_comes_back_of_a_forbidden_year_goes_at_once(tmp_path: Path) -> None:
    """Where it was kept all the same: the register became newer in another way."""
    december = replaced_in_december(tmp_path)
    owned(idu="45902000AB0001", account="450902A00001", year=2026)
    take_back(december)
    assert owners() == {(2026, "45902")}


def test_the_site_does_not_forget_what_is_kept() -> None:
    with factories.as_role("arpent_web"), pytest.raises(ProgrammingError), transaction.atomic():
        connection.cursor().execute("select arpent.forget_replaced_owners(9999)")
