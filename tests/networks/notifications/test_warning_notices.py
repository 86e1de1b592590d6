"""Notices and contacts: who reads and writes them, whom a notice reaches, what lists bring in, what opting out does."""

import csv
import io
import os
import time
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import Polygon
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from gis_core.errors import Forbidden, Invalid, NotFound
from gis_core.long_dates import format_long_date
from gis_core.members.rights import ANONYMOUS, Role, acting_as
from gis_core.models import HistoryEvent, Letter, Membership
from layers.cadastre.models import Address as HouseNumber
from layers.features.search_terms import search_text
from layers.intake.models import FileImport
from layers.intake.table import TableMapping, likely_columns
from layers.intake.tables import read_table
from networks.notifications.importers.columns import CONTACTS as FIELDS
from networks.notifications.importers.loading import load_rows
from networks.notifications.models import Contact, ContactReading, Notice, Settings
from networks.notifications.pages.contacts import day_of_stop
from networks.notifications.points import NOTICE_TEMPLATES, NoticeTemplate
from networks.notifications.services import contacts, letters, notices, recipients, sending, stopping
from networks.notifications.services.contacts import Consent, Person, save_contact, write_contacts
from networks.notifications.services.notices import About, Address, Beginning, Context, Wording
from networks.notifications.services.places import Place, address_key
from networks.notifications.services.reporting import take_reports
from networks.notifications.services.retention import forget_old
from networks.notifications.sources import CONTACTS
from networks.notifications.texts import texts_of
from tests import factories, file_imports
from tests.file_imports import folder_of, loading, worked_off
from tests.networks.conftest import Network, X, Y, at
from tests.wiring import give

STREET = "rue des Tanneurs, 45260 Lorris"
YES, NO = Consent(given=True), Consent(given=False)
PAGE = {"accept": "text/html"}
OTHERS = [Role.READER, Role.PERMIT_INSTRUCTOR]
NOW = datetime(2026, 11, 26, 8, 30, tzinfo=timezone.get_default_timezone())
TOLD = Context(kind="planned", starts_at=NOW, ends_at=NOW + timedelta(hours=4), place="rue des Tanneurs, à Lorris")


def person(rank: int, **given: Any) -> Person:
    made: dict[str, Any] = {
        "name": f"Personne {rank}", "address": f"{rank} {STREET}", "phone": f"+3363998{rank:04d}", "mobile": True,
        "email": f"personne{rank}@demo.invalid", "sms": YES, "mail": YES,
    }  # fmt: skip
    return Person(**made | given)


def write(network: Network, *people: Person, who: str = Role.NETWORK_TECHNICIAN) -> list[tuple[int, int, bool]]:
    with network.as_(who):
        return write_contacts(network.member, people, why="essai")


def draft(network: Network, *numbers: int, who: str = Role.NETWORK_TECHNICIAN, **given: Any) -> Notice:
    targets = [Address(address=f"{number} {STREET}") for number in numbers]
    made: dict[str, Any] = {"targets": targets, "context": TOLD}
    with network.as_(who):
        return notices.draft(owner=network.member, rights=network.rights(who), **made | given)


def reach(network: Network, notice: Notice, who: str = Role.NETWORK_TECHNICIAN) -> tuple[int, int, int]:
    with network.as_(who):
        found = recipients.reach_of(notice)
        return found.sms, found.email, found.unreached


def house(number: int, x: float, y: float) -> None:
    with factories.as_owner():
        label = f"{number} rue des Tanneurs"
        HouseNumber.objects.create(insee="45901", number=number, road_name="Rue des Tanneurs", postcode="45260",
                                   commune_name="Lorris", label=label, geom=at(x, y),
                                   search_text=search_text(label, "45260", "Lorris"))  # fmt: skip


def journal(network: Network) -> list[tuple[str, str, int]]:
    with network.as_(Role.GIS_ADMINISTRATOR):
        lines = ContactReading.objects.order_by("id")
        return [(one.action, one.purpose, len(one.contacts)) for one in lines]


# -- who reads --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["arpent_web", "arpent_worker"])
@pytest.mark.parametrize("table", ["contact", "optout", "message", "earlyreport"])
def test_no_role_reads_the_tables_of_people(network: Network, role: str, table: str) -> None:
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "select has_table_privilege(%s, %s, 'select,insert,update,delete')", [role, f"notifications_{table}"]
        )
        assert cursor.fetchone() == (False,)


def test_who_reads_contacts_leaves_a_line_in_the_journal(network: Network) -> None:
    write(network, person(1), person(2))
    with network.as_():
        found, more = contacts.find_contacts(network.member, "personne", why="essai")
        contacts.contact_of(found[0].id or 0, why="page")
    assert [one.display_phone for one in found] == ["06 39 98 00 01", "06 39 98 00 02"]
    assert not more
    assert journal(network) == [("written", "essai", 2), ("read", "essai", 2), ("read", "page", 1)]


@pytest.mark.parametrize("who", [*OTHERS, Role.AGENCY_ADMINISTRATOR, "stranger"])
def test_others_read_no_contact_and_leave_no_line(network: Network, who: str) -> None:
    ((_place, contact, _made),) = write(network, person(1))
    with network.as_(who):
        assert contacts.find_contacts(network.member, "", why="essai") == ([], False)
        assert write_contacts(network.member, [person(2)], why="essai") == []
        with pytest.raises(NotFound):
            contacts.contact_of(contact, why="essai")
    assert journal(network) == [("written", "essai", 1)]


@pytest.mark.parametrize("found", ["personne 1", "tanneurs", "06 39 98 00 01", "personne1@demo", "+33639980001"])
def test_a_contact_is_found_by_what_one_knows_of_it(network: Network, found: str) -> None:
    write(network, person(1), person(2, address="8 place Haute"))
    with network.as_():
        rows, _more = contacts.find_contacts(network.member, found, why="essai")
    assert [one.name for one in rows] == ["Personne 1"]


def test_a_reader_sees_counts_alone(network: Network) -> None:
    write(network, person(1))
    notice = draft(network, 1, 2)
    assert reach(network, notice, Role.READER) == (1, 1, 1)
    page = network.client(Role.READER).get(f"/reseaux/avis/{notice.pk}/?noms=1", headers=PAGE).content.decode()
    assert "1 numéro, 1 courriel" in page
    assert "Personne 1" not in page
    with network.as_(Role.READER):
        assert recipients.read_reached(notice, None, why="essai") == []


def test_the_member_chooses_who_reads(network: Network) -> None:
    write(network, person(1))
    with network.as_(Role.GIS_ADMINISTRATOR):
        Settings.objects.create(member=network.member, reader_roles=["reader"])
    with network.as_(Role.READER):
        assert len(contacts.find_contacts(network.member, "", why="essai")[0]) == 1
        with pytest.raises(Forbidden):
            save_contact(network.member, person(2), why="essai", rights=network.rights(Role.READER))
    with network.as_():
        assert contacts.find_contacts(network.member, "", why="essai")[0] == []


@pytest.mark.parametrize("who", [*OTHERS, "stranger"])
def test_others_write_no_notice(network: Network, who: str) -> None:
    with pytest.raises(Forbidden):
        draft(network, 1, who=who)
    notice = draft(network, 1)
    rights, user = network.rights(who), network.people[who]
    with network.as_(who):
        for act in (lambda: notices.discard(notice, rights=rights),
                    lambda: sending.send(notice, sms=0, email=0, version=1, user=user, rights=rights),
                    lambda: letters.number_letter(notice, rights=rights)):  # fmt: skip
            with pytest.raises(Forbidden):
                act()
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from arpent.queue_messages(%s)", [notice.pk])
            assert cursor.fetchone() == (0,)


# -- whom a notice reaches --------------------------------------------------------------------------------------------


def test_people_are_met_by_their_connection_and_by_their_address_however_it_is_written(network: Network) -> None:
    otherwise = "2, RUE des tanneurs 45901 LORRIS"
    write(network, person(1, address="", connection="water-connections:7"), person(2, address=otherwise), person(3))
    targets = [Address(address="12 rue Haute", connection="water-connections:7"), Address(address=f"2 {STREET}")]
    assert reach(network, draft(network, targets=targets)) == (2, 2, 0)


def test_an_address_without_its_commune_is_met_where_it_is(network: Network) -> None:
    here, far = (Place(X + x, Y + 20) for x in (20, 5_000))
    write(
        network,
        person(2, place=here),
        person(4, address="4 rue des Tanneurs", place=here),
        person(6, address="2 rue des Tanneurs, 45900 Ailleurs", place=far),
        person(8, address="2 rue des Charrons, 45260 Lorris", place=here),
    )
    targets = [Address(address="2 rue des Tanneurs", place=here), Address(address=f"4 {STREET}", place=here)]
    assert reach(network, draft(network, targets=targets)) == (2, 2, 0)


def test_an_area_warns_its_addresses_and_the_contacts_who_live_in_it(network: Network) -> None:
    house(1, 10, 10)
    house(2, 20, 20)
    house(3, 500, 500)
    write(network, person(1), person(3))
    with network.as_():
        place = contacts.locate_contact("", f"1 {STREET}")
        write_contacts(network.member, [person(9, address="lieu-dit La Borde", place=place)], why="essai")
    notice = draft(network, targets=None, area=Polygon.from_bbox((X, Y, X + 100, Y + 100)).__class__(
        ((X, Y), (X + 100, Y), (X + 100, Y + 100), (X, Y + 100), (X, Y)), srid=2154))  # fmt: skip
    with network.as_():
        assert [one.address for one in notice.targets.order_by("id")] == [f"1 {STREET}", f"2 {STREET}"]
    assert reach(network, notice) == (2, 2, 1)


@pytest.mark.parametrize(("basis", "consent", "warned"), [
    ("consent", YES, 1), ("consent", NO, 0), ("consent", Consent(), 0),
    ("mission", YES, 1), ("mission", NO, 0), ("mission", Consent(), 1),
])  # fmt: skip
def test_the_legal_basis_says_who_is_written_to(network: Network, basis: str, consent: Consent, warned: int) -> None:
    with network.as_(Role.GIS_ADMINISTRATOR):
        Settings.objects.create(member=network.member, reader_roles=["network_technician"], basis=basis)
    write(network, person(1, sms=consent, mail=consent))
    assert reach(network, draft(network, 1)) == (warned, warned, 1 - warned)


def test_fixed_lines_get_no_text_message(network: Network) -> None:
    write(network, person(1, phone="+33238000000", mobile=False))
    assert reach(network, draft(network, 1)) == (0, 1, 0)


def test_another_members_contacts_are_not_reached(network: Network) -> None:
    with network.as_("stranger"):
        write_contacts(network.other, [person(1)], why="essai")
    assert reach(network, draft(network, 1)) == (0, 0, 1)


def test_sensitive_users_stand_first_and_who_nobody_reaches_is_a_list_for_the_doors(network: Network) -> None:
    write(network, person(1))
    targets = [
        Address(address=f"{n} {STREET}", dwellings=n, sensitive="Dialyse à domicile" if n == 3 else "")
        for n in (1, 2, 3)
    ]
    notice = draft(network, targets=targets)
    with network.as_():
        lines, total = recipients.lines_of(notice, network.rights())
        content = letters.round_csv(notice, network.rights(), alone=True).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(content), delimiter=";"))
        assert letters.round_pdf(notice, network.rights()).startswith(b"%PDF-")
    assert ([line.target.dwellings for line in lines], total) == ([3, 1, 2], 3)
    assert [row[:3] for row in rows[1:]] == [[f"3 {STREET}", "3", "Dialyse à domicile"], [f"2 {STREET}", "2", ""]]


def test_who_is_sensitive_is_told_to_those_who_work_on_the_network(network: Network) -> None:
    targets = [Address(address=f"{n} {STREET}", sensitive="Dialyse à domicile" if n == 2 else "") for n in (1, 2)]
    notice = draft(network, targets=targets)
    page = network.client("reader").get(f"/reseaux/avis/{notice.pk}/", headers=PAGE).content.decode()
    listed = network.client("reader").get(f"/reseaux/avis/{notice.pk}/adresses.csv").content.decode("utf-8-sig")
    assert f"2 {STREET}" in page
    assert "Dialyse" not in page + listed
    shown = network.client().get(f"/reseaux/avis/{notice.pk}/", headers=PAGE).content.decode()
    assert "Dialyse à domicile" in shown


def test_five_thousand_addresses_become_a_notice_in_a_few_statements_that_read_each_row_a_few_times(
    network: Network,
) -> None:
    write(network, *(person(rank, place=Place(X + rank % 70 * 20, Y + rank // 70 * 20)) for rank in range(1, 1001)))
    targets = [
        Address(
            address=f"{n} {STREET}", connection=f"water-connections:{n}", place=Place(X + n % 70 * 20, Y + n // 70 * 20)
        )
        for n in range(1, 5001)
    ]
    tables = ("notifications_contact", "notifications_target")
    before = [rows_read(network, table) for table in tables]
    with CaptureQueriesContext(connection) as sent:
        notice = draft(network, targets=targets)
        assert reach(network, notice) == (1000, 1000, 4000)
    read = [rows_read(network, table) - already for table, already in zip(tables, before, strict=True)]
    assert len(sent) < 40
    assert max(read) < 50 * len(targets)


@pytest.fixture
def many_sent(network: Network) -> int:
    """A notice to 3,000 contacts, a text message and an e-mail each, handed over; the database has counted them."""
    write(network, *(person(rank) for rank in range(1, 3001)))
    notice = draft(network, targets=[Address(address=f"{rank} {STREET}") for rank in range(1, 3001)])
    with network.as_(), connection.cursor() as cursor:
        cursor.execute("select * from arpent.queue_messages(%s)", [notice.pk])
    with factories.as_owner(), connection.cursor() as cursor:
        cursor.execute("update notifications_message set state = 'handed', provider_id = 'n' || id")
        cursor.execute("analyze notifications_message, notifications_contact")
    return notice.pk


def rows_read(network: Network, table: str) -> int:
    """How many rows of a table this transaction has read so far."""
    asked = "select seq_tup_read + idx_tup_fetch from pg_stat_xact_all_tables where relname = '{}'"
    ((count,),) = network.rows(asked.format(table))
    return int(count)


def test_every_message_of_a_large_notice_is_exported_reading_each_a_few_times(network: Network, many_sent: int) -> None:
    tables = ("notifications_message", "notifications_contact", "notifications_target")
    before = [rows_read(network, table) for table in tables]
    with network.as_(), CaptureQueriesContext(connection) as sent:
        assert len(sending.read_sent_messages(Notice.objects.get(pk=many_sent), why="essai")) == 6000
    read = [rows_read(network, table) - already for table, already in zip(tables, before, strict=True)]
    assert journal(network)[-1] == ("exported", "essai", 3000)
    assert len(sent) < 20
    assert max(read) < 5 * 6000


def test_a_report_reads_its_own_message_alone(network: Network, many_sent: int) -> None:
    ((key, number),) = network.rows("select key::text, provider_id from notifications_message order by id limit 1")
    before = rows_read(network, "notifications_message")
    with acting_as(ANONYMOUS):
        for report in ({"reference": key}, {"id": number}, {"id": "unheard-of"}):
            take_reports([report | {"status": "delivered"}], [])
    assert rows_read(network, "notifications_message") - before < 50


# -- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", Notice.Kind.values)
def test_the_built_in_words_of_every_kind_are_whole_and_short(network: Network, kind: str) -> None:
    given = replace(TOLD, kind=kind, phone="02 38 00 00 00", reason="réparation d’une fuite", place="rue de l’Église")
    notice = draft(network, 1, context=given)
    with network.as_():
        words = texts_of(notice)
    assert "à compléter" not in words.sms + words.title + words.body
    assert words.length.alphabet == "GSM-7"
    assert words.length.parts <= 2


def test_a_notice_says_its_day_and_hour_in_french(network: Network) -> None:
    notice = draft(network, 1)
    with network.as_():
        words = texts_of(notice)
    assert "du jeudi 26 novembre à 8 h 30 au jeudi 26 novembre à 12 h 30" in words.sms


def test_what_is_not_known_stops_the_sending_and_says_where(network: Network) -> None:
    write(network, person(1))
    notice = draft(network, 1, context=replace(TOLD, starts_at=None))
    with network.as_(), pytest.raises(Invalid, match="Il reste un endroit à compléter") as refused:
        sending.send(notice, sms=1, email=1, version=notice.version, user=network.people["network_technician"],
                     rights=network.rights())  # fmt: skip
    assert refused.value.extra["parameter"] == "sms"


def test_an_unknown_field_is_refused_with_those_that_there_are(network: Network) -> None:
    notice = draft(network, 1)
    with network.as_(), pytest.raises(Invalid, match="fin_prevue"):
        notices.change(notice, name="", context=TOLD, wording=Wording(sms="{{ nom }}", title="a", body="b"),
                       version=notice.version, rights=network.rights())  # fmt: skip


def test_the_page_counts_as_it_is_written(network: Network) -> None:
    notice = draft(network, 1)
    page = network.client()
    given = {"do": "count", "kind": "planned", "place": "x", "title": "t", "body": "b", "version": 1, "sms": "é" * 161}
    told = page.post(f"/reseaux/avis/{notice.pk}/", given).json()
    assert (told["parts"], told["told"]) == (2, "161 caractères sur 306\u00a0: 2 SMS pour chacun (GSM-7).")
    told = page.post(f"/reseaux/avis/{notice.pk}/", given | {"sms": "fête"}).json()
    assert "“ê”" in told["told"] or "« ê »" in told["told"]


# -- the letter -------------------------------------------------------------------------------------------------------


def test_the_letter_is_numbered_once_and_locked(network: Network) -> None:
    notice = draft(network, 1)
    with network.as_():
        assert letters.letter_pdf(notice, network.rights())[0].startswith(b"%PDF-")
        made = letters.number_letter(notice, rights=network.rights())
        again = letters.number_letter(notice, rights=network.rights())
    assert made.number == f"AVIS-{timezone.localdate().year}-000001"
    assert (again.pk, made.state) == (made.pk, Letter.State.FINAL)


# -- lists ------------------------------------------------------------------------------------------------------------

LIST = """N° abonné;Nom;Prénom;Adresse;CP;Ville;Tél. mobile;E-mail;Consentement SMS;Date consentement
A1;Martin;Jeanne;1 rue des Tanneurs;45260;Lorris;06 39 98 00 01;Jeanne@Demo.invalid;oui;01/02/2026
A2;Durand;Paul;2 rue des Tanneurs;45260;Lorris;12;;oui;
A3;;;3 rue des Tanneurs;45260;Lorris;0639980003;;;
A4;Petit;Luc;4 rue des Tanneurs;45260;Lorris;0639980004;pas une adresse;;
A1;Martin;Jeanne;1 rue des Tanneurs;45260;Lorris;0639980001;;;
A5;Roux;Zoé;5 rue des Tanneurs;45260;Lorris;639980005;;peut-être;
A6;Blanc;Eve;6 rue des Tanneurs;45260;Lorris;0639980006;;non;31/12/2999
A7;Noir;Ève;7 rue des Tanneurs;45260;Lorris;;eve@demo.invalid;;
"""


def listed(tmp_path: Path, text: str = LIST, encoding: str = "cp1252") -> Path:
    path = tmp_path / "abonnes.csv"
    path.write_bytes(text.encode(encoding))
    return path


def imported(network: Network, path: Path, *, only_check: bool = False) -> dict[str, Any]:
    """The counts of an import, and the `lines` that stay out."""
    table = read_table(path, FIELDS.limits)
    mapping = TableMapping(likely_columns(FIELDS.fields, table.header))
    with network.as_():
        counts, findings = load_rows(network.member, table, mapping, only_check=only_check)
    return {**counts, "lines": findings}


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16"])
def test_a_list_comes_in_and_each_row_that_does_not_says_why(network: Network, tmp_path: Path, encoding: str) -> None:
    house(1, 10, 10)
    report = imported(network, listed(tmp_path, encoding=encoding))
    assert (report["rows"], report["made"], report["wrong"], report["placed"]) == (8, 2, 6, 1)
    assert [(line.row, line.message) for line in report["lines"]] == [
        (3, "Le numéro de téléphone n’est pas lisible, ou il n’y a ni numéro ni courriel."),
        (4, "Le nom manque."),
        (5, "L’adresse de courriel n’est pas lisible."),
        (6, "La même personne qu’à la ligne 2."),
        (7, "Le consentement n’est ni oui ni non."),
        (8, "La date du consentement n’est pas lisible, ou elle est à venir."),
    ]
    with network.as_():
        first, other = contacts.find_contacts(network.member, "", why="essai")[0]
    assert (first.name, first.phone, first.email) == ("Martin Jeanne", "+33639980001", "jeanne@demo.invalid")
    assert (first.sms.given, first.sms.on, first.place is not None) == (True, date(2026, 2, 1), True)
    assert (other.name, other.sms.given) == ("Noir Ève", None)


def test_a_report_tells_nothing_of_the_people(network: Network, tmp_path: Path) -> None:
    told = str(imported(network, listed(tmp_path)))
    assert not any(word in told for word in ("Martin", "Durand", "0639", "pas une adresse", "Tanneurs"))


def test_a_check_writes_nothing(network: Network, tmp_path: Path) -> None:
    report = imported(network, listed(tmp_path), only_check=True)
    assert (report["good"], report["made"]) == (2, 0)
    with network.as_():
        assert contacts.counts_of([network.member])[network.member.pk].contacts == 0


def test_a_list_that_comes_again_brings_up_to_date_and_keeps_objections(network: Network, tmp_path: Path) -> None:
    imported(network, listed(tmp_path))
    with network.as_():
        ((first, *_others), _more) = contacts.find_contacts(network.member, "martin", why="essai")
        contacts.stop_contact(first, network.member, "sms", closed=True, why="", rights=network.rights())
    report = imported(network, listed(tmp_path, LIST.replace("Jeanne@", "autre@")))
    assert (report["made"], report["changed"]) == (0, 2)
    with network.as_():
        (again,) = contacts.find_contacts(network.member, "martin", why="essai")[0]
    assert (again.id, again.email, again.sms_stop is not None) == (first.id, "autre@demo.invalid", True)
    assert reach(network, draft(network, 1))[0] == 0


def test_people_whom_a_list_names_no_more_stay(network: Network, tmp_path: Path) -> None:
    imported(network, listed(tmp_path))
    first, second, *_others = LIST.splitlines()
    assert imported(network, listed(tmp_path, f"{first}\n{second}\n"))["rows"] == 1
    assert imported(network, listed(tmp_path))["made"] == 0


def test_what_a_list_has_no_column_for_stays_as_it_was(network: Network, tmp_path: Path) -> None:
    house(1, 10, 10)
    imported(network, listed(tmp_path))
    report = imported(network, listed(tmp_path, "N° abonné;Nom;E-mail\nA1;Martin Jeanne;nouvelle@demo.invalid\n"))
    assert (report["made"], report["changed"]) == (0, 1)
    with network.as_():
        (found,) = contacts.find_contacts(network.member, "06 39 98 00 01", why="essai")[0]
        assert contacts.find_contacts(network.member, "nouvelle", why="essai")[0] == [found]
    assert (found.phone, found.mobile, found.email) == ("+33639980001", True, "nouvelle@demo.invalid")
    assert (found.address, found.place is not None) == ("1 rue des Tanneurs, 45260 Lorris", True)
    assert reach(network, draft(network, 1))[0] == 1


def test_an_empty_cell_of_a_list_empties_what_it_is_about(network: Network, tmp_path: Path) -> None:
    imported(network, listed(tmp_path))
    imported(network, listed(tmp_path, "N° abonné;Nom;Mobile;E-mail\nA1;Martin Jeanne;;nouvelle@demo.invalid\n"))
    with network.as_():
        (found,) = contacts.find_contacts(network.member, "nouvelle", why="essai")[0]
    assert (found.phone, found.mobile) == ("", False)


def read_by_the_worker(network: Network, path: Path) -> FileImport:
    """A list that a technician sent, once it is read."""
    return worked_off(sent_list(network, path))


def sent_list(network: Network, path: Path, who: str = Role.NETWORK_TECHNICIAN) -> FileImport:
    return file_imports.sent(CONTACTS, path, member=network.member, user=network.people[who])


def count_contacts(network: Network) -> int:
    with network.as_():
        return contacts.counts_of([network.member])[network.member.pk].contacts


@pytest.mark.parametrize("text", ["", "PK\x03\x04zip", "a\0b;c", "Martin;0639980001\nDurand;0639980002\n"])
def test_what_is_no_list_is_refused_in_words_and_nothing_of_it_kept(
    network: Network, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(text.encode())
    made = read_by_the_worker(network, path)
    assert (made.state, made.contents, made.plan) == (FileImport.State.REFUSED, [], None)
    assert made.message
    assert "Martin" not in f"{made.message}{made.choices}"


@pytest.mark.parametrize(
    ("text", "lacking"), [("nom;adresse\nx;y\n", "mobile / téléphone / courriel"), ("mobile;ville\nx;y\n", "nom")]
)
def test_a_list_without_a_column_that_is_needed_asks_for_it(
    network: Network, tmp_path: Path, text: str, lacking: str
) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(text.encode())
    made = read_by_the_worker(network, path)
    assert made.state == FileImport.State.CHOOSING
    page = network.client().get(f"/reseaux/avis/contacts/importer/{made.pk}/", headers=PAGE)
    assert page.context["lacking"] == lacking


def test_a_list_is_checked_then_loaded_and_nothing_of_people_is_kept(
    network: Network, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    made = read_by_the_worker(network, listed(tmp_path))
    assert (made.state, made.plan["good"], count_contacts(network)) == (FileImport.State.READY, 2, 0)
    with django_capture_on_commit_callbacks(execute=True):
        made = worked_off(loading(CONTACTS, made, user=network.people[Role.NETWORK_TECHNICIAN]))
    assert (made.state, made.report["made"], count_contacts(network)) == (FileImport.State.APPLIED, 2, 2)
    assert not folder_of(made).exists()
    kept = f"{made.contents} {made.choices} {made.plan} {made.findings} {made.report} {made.message}"
    assert not any(word in kept for word in ("Martin", "Durand", "0639", "pas une adresse", "Tanneurs", "peut-être"))
    assert "Consentement SMS" in kept


def test_the_page_of_a_list_shows_columns_and_no_cell(network: Network, tmp_path: Path) -> None:
    made = read_by_the_worker(network, listed(tmp_path))
    address = f"/reseaux/avis/contacts/importer/{made.pk}/"
    page = network.client().get(address, headers=PAGE)
    shown = page.content.decode()
    assert ("mobile", "Tél. mobile") in [(field.name, header) for field, header, _sample in page.context["columns"]]
    assert not any(word in shown for word in ("Martin", "Durand", "0639", "Tanneurs"))
    assert "lignes.csv" in shown
    table = network.client().get(f"{address}lignes.csv").content.decode()
    assert "Le nom manque." in table


@pytest.mark.parametrize("who", [*OTHERS, Role.AGENCY_ADMINISTRATOR, "stranger"])
def test_others_send_no_list_and_see_none(network: Network, tmp_path: Path, who: str) -> None:
    made = read_by_the_worker(network, listed(tmp_path))
    with pytest.raises((Forbidden, NotFound)):
        sent_list(network, listed(tmp_path), who)
    answer = network.client(who).get(f"/reseaux/avis/contacts/importer/{made.pk}/", headers=PAGE)
    assert answer.status_code in (403, 404)


def test_who_may_read_contacts_no_more_when_the_worker_comes_loads_nothing(network: Network, tmp_path: Path) -> None:
    made = loading(CONTACTS, read_by_the_worker(network, listed(tmp_path)),
                   user=network.people[Role.NETWORK_TECHNICIAN])  # fmt: skip
    with network.as_(Role.GIS_ADMINISTRATOR):
        Settings.objects.create(member=network.member, reader_roles=["gis_administrator"])
    made = worked_off(made)
    assert made.state == FileImport.State.READY
    assert "contacts" in made.message
    with network.as_(Role.GIS_ADMINISTRATOR):
        assert contacts.counts_of([network.member])[network.member.pk].contacts == 0


def test_connections_are_found_by_their_reference(network: Network, tmp_path: Path) -> None:
    pk = network.make("water-connections", at(5, 5), reference="BR 12", address=f"8 {STREET}")
    imported(network, listed(tmp_path, "nom;mobile;branchement\nMartin;0639980001;BR 12\nPaul;0639980002;BR 13\n"))
    with network.as_():
        first, other = contacts.find_contacts(network.member, "", why="essai")[0]
    assert (first.connection, first.address) == (f"water-connections:{pk}", f"8 {STREET}")
    assert (other.connection, other.place) == ("", None)


# -- opting out -------------------------------------------------------------------------------------------------------


@pytest.fixture
def sent(network: Network) -> int:
    """The message of an e-mail that was sent."""
    write(network, person(1))
    notice = draft(network, 1)
    with network.as_():
        sending.send(notice, sms=1, email=1, version=notice.version, user=network.people["network_technician"],
                     rights=network.rights())  # fmt: skip
    return int(network.rows("select id from notifications_message where channel = 'email'")[0][0])


def test_the_link_of_an_email_asks_and_then_stops_at_once(network: Network, sent: int) -> None:
    address = sending.stop_address(sent)
    path = "/" + address.split("/", 3)[3]
    client = Client(headers=PAGE)
    assert "Je n’en veux plus" in client.get(path).content.decode()
    assert reach(network, draft(network, 1))[:2] == (1, 1)
    assert "C’est fait" in client.post(path, {"List-Unsubscribe": "One-Click"}).content.decode()
    assert "C’est fait" in client.get(path).content.decode()
    assert reach(network, draft(network, 1))[:2] == (1, 0)
    assert network.rows("select state from notifications_message where channel = 'email'") == [("stopped",)]


@pytest.mark.parametrize("token", ["1", "1:faux", "abc", "999999:x"])
def test_a_link_that_was_made_up_leads_nowhere(network: Network, sent: int, token: str) -> None:
    assert Client(headers=PAGE, raise_request_exception=False).get(f"/avis/{token}/").status_code == 404


def test_a_removed_contact_that_comes_again_is_still_not_warned(network: Network) -> None:
    ((_place, pk, _made),) = write(network, person(1))
    with network.as_():
        found = contacts.contact_of(pk, why="essai")
        contacts.stop_contact(found, network.member, "sms", closed=True, why="", rights=network.rights())
        contacts.remove_contact(found, network.member, rights=network.rights())
    write(network, person(1))
    assert reach(network, draft(network, 1))[:2] == (0, 1)


def test_somebody_who_asks_again_is_written_to_once_it_is_said_how(network: Network) -> None:
    ((_place, pk, _made),) = write(network, person(1))
    with network.as_():
        found = contacts.contact_of(pk, why="essai")
        contacts.stop_contact(found, network.member, "sms", closed=True, why="", rights=network.rights())
        with pytest.raises(Invalid):
            contacts.stop_contact(found, network.member, "sms", closed=False, why=" ", rights=network.rights())
        contacts.stop_contact(found, network.member, "sms", closed=False, why="guichet", rights=network.rights())
    assert reach(network, draft(network, 1))[0] == 1


SAID = [("STOP", True), (" Stop svp", True), ("Arrêt", True), ("stopper la fuite", False), ("merci", False)]


@pytest.mark.parametrize(("text", "stopped"), SAID)
def test_only_an_answer_that_says_so_stops(network: Network, text: str, stopped: bool) -> None:
    write(network, person(1))
    with acting_as(ANONYMOUS):
        assert stopping.stop_by_reply("0639980001", text) is stopped
    assert reach(network, draft(network, 1))[0] == (0 if stopped else 1)


def test_the_address_of_reports_is_closed_without_its_secret(network: Network, settings: Any) -> None:
    client = Client(raise_request_exception=False)
    body = {"reports": [], "replies": [{"from": "0639980001", "text": "STOP"}]}
    write(network, person(1))

    def report(secret: str) -> Any:
        return client.post(f"/api/v1/warning/reports/{secret}", body, content_type="application/json")

    assert report("x").status_code == 404
    settings.SMS_REPORT_SECRET = "un-secret"
    assert report("autre").status_code == 404
    assert reach(network, draft(network, 1))[0] == 1
    assert report("un-secret").json() == {"known": 0, "stopped": 1}
    assert reach(network, draft(network, 1))[0] == 0


# -- what is forgotten ------------------------------------------------------------------------------------------------


def test_contacts_that_nobody_confirmed_and_old_recipients_are_forgotten(network: Network, sent: int) -> None:
    write(network, person(2))
    with factories.as_owner():
        Contact.objects.filter(phone="+33639980002").update(confirmed_date=date(2020, 1, 1))
        Notice.objects.update(sent_at=timezone.now() - timedelta(days=400))
    with network.as_(), factories.as_worker():
        assert forget_old() == 1
    assert network.rows("select count(*), count(value) from notifications_message") == [(2, 0)]
    assert network.rows("select phone from notifications_contact") == [("+33639980001",)]
    assert ("forgotten", "Fin de la durée de conservation", 1) in journal(network)


def test_files_with_recipients_are_forgotten_trials_that_were_cut_short_too(
    network: Network, settings: Any, tmp_path: Path
) -> None:
    settings.FILES_DIR = tmp_path
    (tmp_path / "warning").mkdir()
    for name, days in (("essai-1.jsonl", 31), ("essai-2.part", 31), ("essai-3.part", 1), ("sms-4.jsonl", 31)):
        (tmp_path / "warning" / name).touch()
        old = time.time() - days * 86_400
        os.utime(tmp_path / "warning" / name, (old, old))
    with network.as_(), factories.as_worker():
        forget_old()
    assert sorted(path.name for path in (tmp_path / "warning").iterdir()) == ["essai-3.part", "sms-4.jsonl"]


def test_the_history_keeps_nothing_of_contacts(network: Network) -> None:
    write(network, person(1))
    with factories.as_owner():
        assert not HistoryEvent.objects.filter(table__contains="contact").exists()


# -- beginning from elsewhere -----------------------------------------------------------------------------------------


def test_a_thing_of_another_app_begins_a_notice(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    def tried(key: str, rights: Any) -> Beginning:
        if key != "12":
            raise PermissionDenied
        return Beginning(owner=network.member, targets=[Address(address=f"1 {STREET}")], context=TOLD, title="Casse C1")

    give(monkeypatch, NOTICE_TEMPLATES, NoticeTemplate("tried", tried))
    answer = network.client().post("/reseaux/avis/", {"tried": "12"}, headers=PAGE)
    with network.as_():
        made = Notice.objects.get()
    assert answer["Location"] == f"/reseaux/avis/{made.pk}/"
    assert (made.name, made.about_kind, made.about_key) == ("Casse C1", "tried", "12")
    assert About(kind="tried", key="12").key == made.about_key


def test_the_end_of_a_cut_goes_to_the_same_addresses(network: Network) -> None:
    write(network, person(1))
    notice = draft(network, 1, 2)
    with network.as_():
        after = notices.follow(notice, kind="end", rights=network.rights())
        assert after.targets.count() == 2
        assert "rétablie" in texts_of(after).sms
    assert reach(network, after) == (1, 1, 1)


def test_addresses_are_compared_without_postcodes() -> None:
    assert address_key("12, Rue des Tanneurs 45260 LORRIS") == address_key("12 rue des tanneurs, 45901 Lorris")
    assert address_key("12 bis rue Haute") != address_key("12 rue Haute")


# -- what people mistype ----------------------------------------------------------------------------------------------

AREA = '{"type": "Polygon", "coordinates": [[[2.4, 47.8, 1], [2.5, 47.8, 1], [2.5, 47.9, 1], [2.4, 47.8, 1]]]}'


def new_notice(network: Network, **given: str) -> Any:
    told = {"member": network.member.slug, "kind": "planned", "addresses": f"1 {STREET}"} | given
    return network.client().post("/reseaux/avis/", told, headers=PAGE)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00", "0026-11-27T10:00", "9999-12-31T23:59"])
@pytest.mark.parametrize("name", ["starts_at", "ends_at"])
def test_a_year_that_was_mistyped_is_refused(network: Network, name: str, moment: str) -> None:
    answer = new_notice(network, **{name: moment})
    assert answer.status_code == 400
    assert "Vérifiez l’année" in answer.content.decode()
    assert network.client().get("/reseaux/avis/", headers=PAGE).status_code == 200
    with network.as_():
        assert not Notice.objects.exists()


@pytest.mark.parametrize("area", ["[" * 50_000, '{"a":' * 20_000 + "1" + "}" * 20_000, AREA])
def test_an_area_that_is_none_is_refused_in_words(network: Network, area: str) -> None:
    answer = new_notice(network, area=area, addresses="")
    assert answer.status_code == 400
    assert "dessinez-la" in answer.content.decode()


def test_adding_somebody_who_is_known_writes_over_nobody(network: Network) -> None:
    ((_row, known, _made),) = write(network, person(1))
    given = {"name": "Personne 1", "address": f"1 {STREET}", "phone": "06 39 98 99 99"}
    answer = network.client().post("/reseaux/avis/contacts/ajouter/", given, headers=PAGE)
    assert answer.status_code == 400
    assert "06 39 98 99 99" in answer.content.decode()
    with network.as_():
        assert contacts.contact_of(known, why="essai").phone == "+33639980001"


def test_words_kept_after_the_sending_are_refused_in_words(network: Network, sent: int) -> None:
    with network.as_():
        notice = Notice.objects.get()
    given = {"do": "save", "kind": "planned", "sms": "Autre chose", "title": "", "body": "", "version": "1"}
    answer = network.client().post(f"/reseaux/avis/{notice.pk}/", given, headers=PAGE)
    assert answer.status_code == 409
    assert "Cet avis a été envoyé" in answer.content.decode()


def test_the_report_of_a_sending_tells_the_hour_of_the_place(network: Network, sent: int) -> None:
    handed = "2026-07-01 10:00:00+00"
    network.rows(
        f"update notifications_message set state = 'handed', handed_at = '{handed}' where id = {sent} returning id"
    )
    with network.as_():
        notice = Notice.objects.get()
    answer = network.client().get(f"/reseaux/avis/{notice.pk}/fichiers/envois.csv/", headers=PAGE)
    told = answer.content.decode()
    assert answer.status_code == 200, told
    assert "2026-07-01 12:00;" in told


def test_the_day_of_an_objection_is_that_of_the_place_where_it_came_in() -> None:
    assert day_of_stop({"at": "2026-12-31T23:30:00.5+00:00"}) == date(2027, 1, 1)
    assert day_of_stop(None) is None


def test_the_day_of_an_objection_is_written_as_people_write_it(network: Network) -> None:
    ((_row, known, _made),) = write(network, person(1))
    client, page = network.client(), f"/reseaux/avis/contacts/{known}/"
    client.post(page, {"do": "stop", "channel": "sms"}, headers=PAGE)
    shown = client.get(page, headers=PAGE).content.decode()
    with translation.override("fr"):
        assert f">{format_long_date(timezone.localdate(), 'j N Y')}</time></p>" in shown


def test_the_page_of_contacts_asks_as_many_questions_for_many_members(network: Network) -> None:
    client = network.client()

    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/reseaux/avis/contacts/", headers=PAGE).status_code == 200
        return len(asked)

    few = [questions(), questions()][-1]
    with factories.as_owner():
        for _ in range(5):
            Membership.objects.create(
                user=network.people[Role.NETWORK_TECHNICIAN], member=factories.member(), role=Role.NETWORK_TECHNICIAN
            )
    assert questions() <= few
