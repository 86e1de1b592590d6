"""A file's page, its events and its sheet: what is shown, to whom, and what is kept."""

from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from gis_core import tasks
from gis_core.database.clock import today
from gis_core.jobs import services as jobs
from gis_core.members.rights import Rights, Role
from gis_core.models import Job
from permits.models import Event, Permit
from permits.services.sheets import rights_at
from permits.tasks import permit_sheet
from tests import factories
from tests.gis_core.test_jobs import Silent
from tests.permits.conftest import World

HAND: dict[str, Any] = {"channel": "hand"}


def browser(world: World, who: str = Role.PERMIT_INSTRUCTOR) -> Client:
    """Somebody who reads pages."""
    client = world.client(who)
    client.defaults["HTTP_ACCEPT"] = "text/html"
    return client


def html(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    return unescape(answer.content.decode())


def page_of(world: World, permit: Permit, who: str = Role.PERMIT_INSTRUCTOR) -> str:
    return html(world.client(who), f"/permis/{permit.number}/")


def event(world: World, permit: Permit, what: str, who: str = Role.PERMIT_INSTRUCTOR, **given: Any) -> Any:
    return browser(world, who).post(f"/permis/{permit.number}/evenements/{what}/", given)


def told(answer: Any) -> str:
    """The page after a good form, with its messages."""
    assert answer.status_code == 302, unescape(answer.content.decode())
    return html(answer.client, answer.url)


def fresh(world: World, permit: Permit) -> Permit:
    with world.as_():
        return Permit.objects.select_related("sheet__owner").get(pk=permit.pk)


def made_of(world: World, permit: Permit, what: str) -> Event:
    with world.as_():
        return Event.objects.get(permit=permit, what=what)


# -- the page ---------------------------------------------------------------------------------------------------------


def test_the_page_says_what_comes_next_and_what_silence_means(world: World, on_day: Any) -> None:
    on_day(date(2026, 1, 10))
    text = page_of(world, world.file())
    assert "Jusqu’au 5 février 2026 (dans 26 jours), des pièces manquantes peuvent être demandées" in text
    assert "Sans décision : permis tacite le 6 avril 2026." in text


def test_once_the_first_month_is_over_the_decision_comes_next(world: World, on_day: Any) -> None:
    on_day(date(2026, 4, 4))
    assert "La décision est à notifier au plus tard le 5 avril 2026 (demain)." in page_of(world, world.file())


def test_what_misses_comes_next_of_an_incomplete_file(world: World, on_day: Any) -> None:
    on_day(date(2026, 1, 20))
    permit = world.record(world.file(), "pieces_asked", date(2026, 1, 20), pieces=["PC2 Plan de masse"], **HAND)
    text = page_of(world, permit)
    assert "Le demandeur a jusqu’au 20 avril 2026 (dans 90 jours) pour apporter ce qui manque : PC2" in text
    assert "Sans ces pièces : rejet tacite le 21 avril 2026." in text


def test_a_file_that_silence_granted_shows_so_before_any_nightly_sweep(world: World, on_day: Any) -> None:
    on_day(date(2026, 1, 10))
    permit = world.file()
    on_day(date(2026, 4, 6))
    text = page_of(world, permit)
    assert "Permis tacite depuis le 6 avril 2026." in text
    assert "Accordé · tacite" in text


def test_every_date_has_its_reason_and_articles(world: World, on_day: Any) -> None:
    on_day(date(2026, 1, 10))
    text = page_of(world, world.file())
    assert text.count("<summary>Pourquoi cette date ?") == 4
    assert "3 mois à partir du 5 janvier 2026" in text
    assert "Code de l’urbanisme : R.423-23 c" in text


def test_a_step_without_effect_is_marked_in_words(world: World, on_day: Any) -> None:
    on_day(date(2026, 2, 10))
    permit = world.record(world.file(), "pieces_asked", date(2026, 2, 10), pieces=["PC2"], **HAND)
    text = page_of(world, permit)
    assert '<span class="tag">sans effet</span>' in text
    assert "une demande doit être reçue jusqu’au 5 février 2026" in text


def test_the_history_says_who_recorded_and_what_it_changed(world: World, on_day: Any) -> None:
    on_day(date(2026, 1, 10))
    permit = world.file()
    on_day(date(2026, 1, 20))
    world.record(permit, "longer_notified", date(2026, 1, 20), grounds=["commission"], **HAND)
    text = page_of(world, permit)
    assert "dernier jour pour notifier la décision : 5 avril 2026 → 5 juin 2026" in text
    assert "Enregistré le 20 janvier 2026" in text
    assert str(world.people["permit_instructor"]) in text


def test_a_struck_event_stays_with_its_reason(world: World, on_day: Any) -> None:
    on_day(date(2026, 1, 20))
    permit = world.record(world.file(), "longer_notified", date(2026, 1, 20), grounds=["commission"], **HAND)
    made = made_of(world, permit, "longer_notified")
    answer = world.client().post(f"/permis/{permit.number}/evenements/{made.pk}/rayer/", {"reason": "mauvais dossier"})
    after = told(answer)
    assert "Rayé : Majoration de délai notifiée." in after
    assert "Dernier jour pour notifier la décision : 5 juin 2026 → 5 avril 2026." in after
    text = page_of(world, permit)
    assert "<s>Majoration de délai notifiée</s>" in text
    assert "mauvais dossier" in text
    assert "5 juin 2026" not in text


def test_a_file_and_its_modification_lead_to_each_other(world: World) -> None:
    permit = world.file()
    changed = world.file(parent=permit.number, change="M")
    assert f'href="/permis/{changed.number}/"' in page_of(world, permit)
    assert f'href="/permis/{permit.number}/"' in page_of(world, changed)


def test_an_old_file_says_that_its_deadlines_are_not_computed(world: World) -> None:
    text = page_of(world, world.file(filed_date=date(2005, 3, 1)))
    assert "Les délais de ce dossier ne sont pas calculés" in text


def test_nobody_reads_the_applicant_here(world: World) -> None:
    assert "Jeanne Martin" not in page_of(world, world.file())


@pytest.mark.parametrize(
    ("who", "offered", "withheld"),
    [
        ("permit_instructor", {"pieces_asked", "decided", "note"}, set()),
        ("town_hall", {"pieces_came", "decided", "note"}, {"pieces_asked", "longer_notified"}),
        ("reader", set(), {"pieces_asked", "pieces_came", "note"}),
    ],
)
def test_each_role_is_offered_what_it_may_record(
    world: World, on_day: Any, who: str, offered: set[str], withheld: set[str]
) -> None:
    on_day(date(2026, 1, 20))
    text = page_of(world, world.file(), who)
    assert {one for one in offered | withheld if f"/evenements/{one}/" in text} == offered
    assert ("/modifier/" in text) == bool(offered)


def test_the_file_page_asks_the_database_few_times(world: World, django_assert_max_num_queries: Any) -> None:
    permit = world.file()
    for _time in range(6):
        world.record(permit, "note", date(2026, 1, 6), note="vu")
    client = world.client()
    client.get(f"/permis/{permit.number}/")
    with django_assert_max_num_queries(20):
        client.get(f"/permis/{permit.number}/")


# -- recording --------------------------------------------------------------------------------------------------------


def test_missing_pieces_are_chosen_and_typed(world: World) -> None:
    permit = world.file(filed_date=today() - timedelta(days=3))
    given = {"pieces": ["PC2 Plan de masse des constructions"], "others": "Attestation RE2020\n\nPlan B\n"}
    text = told(event(world, permit, "pieces_asked", on=today(), **HAND, **given))
    assert "Attestation RE2020" in text
    made = made_of(world, permit, "pieces_asked")
    assert made.detail["pieces"] == ["PC2 Plan de masse des constructions", "Attestation RE2020", "Plan B"]


def test_what_was_asked_for_is_offered_when_it_comes(world: World) -> None:
    permit = world.file(filed_date=today() - timedelta(days=3))
    world.record(permit, "pieces_asked", today() - timedelta(days=1), pieces=["Plan B"], **HAND)
    assert 'value="Plan B"' in html(world.client(), f"/permis/{permit.number}/evenements/pieces_came/")
    told(event(world, permit, "pieces_came", on=today(), pieces=["Plan B"]))
    permit = fresh(world, permit)
    assert permit.complete_date == today()


def test_a_registered_letter_counts_from_its_presentation(world: World) -> None:
    permit, sent = world.file(filed_date=today() - timedelta(days=20)), today() - timedelta(days=9)
    shown = sent + timedelta(days=3)
    given = {"channel": "registered", "sent": sent, "presented": shown, "grounds": ["commission"]}
    told(event(world, permit, "longer_notified", on=today(), **given))
    assert made_of(world, permit, "longer_notified").on_date == shown


def test_no_day_that_a_way_of_sending_needs_is_called_optional(world: World) -> None:
    permit = world.file(filed_date=today() - timedelta(days=3))
    page = unescape(event(world, permit, "pieces_asked", on=today(), **HAND).content.decode())
    assert "Envoyé le</label>" in page
    assert "Première présentation le</label>" in page


def test_the_next_page_says_what_a_record_changed(world: World) -> None:
    permit = world.file(filed_date=today() - timedelta(days=3))
    text = told(event(world, permit, "longer_notified", on=today(), grounds=["commission"], **HAND))
    assert "Enregistré : Majoration de délai notifiée." in text
    assert "Dernier jour pour notifier la décision" in text.split("file-head")[0]


def test_a_late_request_is_recorded_and_said_to_be_without_effect(world: World) -> None:
    permit = world.file(filed_date=today() - timedelta(days=50))
    text = told(event(world, permit, "pieces_asked", on=today(), others="Plan", **HAND))
    assert "Pièces manquantes demandées trop tard (R.423-41)." in text
    assert "Sans effet : une demande doit être reçue jusqu’au" in text


def test_a_refusal_after_a_tacit_permit_is_recorded_as_a_withdrawal_and_says_what_it_lacks(
    world: World, on_day: Any
) -> None:
    on_day(date(2026, 4, 10))
    permit = world.file()
    text = told(event(world, permit, "decided", on="2026-04-08", outcome="refused", **HAND))
    assert '<li class="warning">Refusé après une décision tacite : vaut retrait (L.424-5' in text
    assert "aucune procédure contradictoire n’est enregistrée" in text
    assert '<span class="tag irregular">irrégulier</span>' in text
    assert "Ce retrait est irrégulier ; il tient tant qu’il n’est ni retiré ni annulé" in text
    assert fresh(world, permit).state == "refused"


def test_a_second_grant_is_recorded_and_said_to_be_without_effect(world: World, on_day: Any) -> None:
    on_day(date(2026, 4, 10))
    permit = world.file()
    text = told(event(world, permit, "decided", on="2026-04-08", outcome="granted", **HAND))
    assert "Sans effet sur les dates : une décision favorable existe depuis le 6 avril 2026" in text


def test_a_decision_is_recorded_with_its_order(world: World) -> None:
    permit = world.file(filed_date=today() - timedelta(days=10))
    given = {"outcome": "granted", "reference": "2026-12", "signed": today() - timedelta(days=1)}
    text = told(event(world, permit, "decided", on=today(), **HAND, **given))
    assert "référence 2026-12" in text
    permit = fresh(world, permit)
    assert permit.state == "granted"


def test_a_decision_before_the_filing_is_refused_and_what_was_typed_is_kept(world: World) -> None:
    permit = world.file()
    answer = event(world, permit, "decided", on="2026-01-02", outcome="refused", reference="2026-12", **HAND)
    text = unescape(answer.content.decode())
    assert answer.status_code == 400
    assert "rien ne lui arrive avant" in text
    assert 'value="2026-12"' in text
    assert 'value="2026-01-02"' in text


@pytest.mark.parametrize("day", ["2026-02-30", "hier", ""])
def test_an_impossible_day_is_refused_in_words(world: World, day: str) -> None:
    permit = world.file(filed_date=today() - timedelta(days=3))
    answer = event(world, permit, "withdrawn", on=day)
    assert answer.status_code == 400
    assert "errorlist" in answer.content.decode()
    with world.as_():
        assert Event.objects.filter(permit=permit).count() == 1


def test_a_delay_by_hand_needs_its_article_and_reason(world: World) -> None:
    permit = world.file(filed_date=today() - timedelta(days=3))
    assert event(world, permit, "by_hand", on=today(), months="2").status_code == 400
    text = told(event(world, permit, "by_hand", on=today(), months="2", adds="on", article="R.423-35", reason="CNAC"))
    assert "2 mois de plus (R.423-35)" in text


def test_an_event_that_the_state_excludes_says_so(world: World) -> None:
    permit = world.record(world.file(), "decided", date(2026, 2, 1), outcome="refused", **HAND)
    text = html(world.client(), f"/permis/{permit.number}/evenements/works_started/")
    assert "ne peut être enregistré quand le dossier est « Refusé »" in text
    assert event(world, permit, "works_started", on="2026-02-02").status_code == 409


@pytest.mark.parametrize("what", ["filed", "nothing"])
def test_what_is_no_event_to_record_is_not_there(world: World, what: str) -> None:
    assert world.client().get(f"/permis/{world.file().number}/evenements/{what}/").status_code == 404


def test_the_filing_cannot_be_struck_out(world: World) -> None:
    permit = world.file()
    made = made_of(world, permit, "filed")
    assert world.client().get(f"/permis/{permit.number}/evenements/{made.pk}/rayer/").status_code == 403


def test_a_town_hall_does_not_strike_what_the_instructor_recorded(world: World) -> None:
    permit = world.record(world.file(), "longer_notified", date(2026, 1, 20), grounds=["commission"], **HAND)
    made = made_of(world, permit, "longer_notified")
    answer = world.client("town_hall").post(f"/permis/{permit.number}/evenements/{made.pk}/rayer/", {"reason": "x"})
    assert answer.status_code == 403
    assert "rayer" not in page_of(world, permit, "town_hall")


def test_a_town_hall_strikes_out_what_it_recorded_itself_and_nothing_else(world: World, on_day: Any) -> None:
    """What the instructing service recorded, and what somebody else at a town hall did, stays for the service."""
    on_day(date(2026, 1, 25))
    permit = world.record(world.file(), "decided", date(2026, 1, 20), outcome="granted", **HAND)
    permit = world.record(permit, "note", date(2026, 1, 21), "town_hall", note="vu en mairie")
    theirs, own = made_of(world, permit, "decided"), made_of(world, permit, "note")
    town = browser(world, "town_hall")
    refused = town.post(f"/permis/{permit.number}/evenements/{theirs.pk}/rayer/", {"reason": "Erreur"})
    assert refused.status_code == 403
    assert "vous ne rayez que ce que vous avez enregistré vous-même" in unescape(refused.content.decode())
    text = page_of(world, permit, "town_hall")
    assert f"/evenements/{own.pk}/rayer/" in text
    assert f"/evenements/{theirs.pk}/rayer/" not in text
    assert town.get(f"/permis/{permit.number}/evenements/{theirs.pk}/rayer/").status_code == 403
    assert town.post(f"/permis/{permit.number}/evenements/{own.pk}/rayer/", {"reason": "Erreur"}).status_code == 302
    assert made_of(world, permit, "decided").struck_at is None
    assert made_of(world, permit, "note").struck_reason == "Erreur"


def test_the_instructing_service_strikes_out_what_the_town_hall_recorded(world: World, on_day: Any) -> None:
    on_day(date(2026, 1, 25))
    permit = world.record(world.file(), "decided", date(2026, 1, 20), "town_hall", outcome="granted", **HAND)
    made = made_of(world, permit, "decided")
    answer = world.client().post(f"/permis/{permit.number}/evenements/{made.pk}/rayer/", {"reason": "Erreur"})
    assert answer.status_code == 302


def test_striking_out_asks_for_a_reason(world: World) -> None:
    permit = world.record(world.file(), "note", date(2026, 1, 6), note="vu")
    made = made_of(world, permit, "note")
    assert (
        world.client().post(f"/permis/{permit.number}/evenements/{made.pk}/rayer/", {"reason": " "}).status_code == 400
    )
    assert made_of(world, permit, "note").struck_at is None


# -- changing ---------------------------------------------------------------------------------------------------------


def form_of(permit: Permit, **more: Any) -> dict[str, Any]:
    return {
        "description": permit.description,
        "address": permit.address,
        "parcels": "\r\n".join(permit.idus),
        "instructor": permit.instructor_id or "",
        "other_case": ", ".join(permit.silence_refuses),
        **more,
    }


def test_an_instructor_changes_what_is_no_event(world: World) -> None:
    permit, person = world.file(filed_date=today()), world.people["permit_instructor"]
    given = form_of(permit, parcels="AB 1\nAB 2", instructor=person.pk, other_case="jachère protégée")
    assert world.client().post(f"/permis/{permit.number}/modifier/", given).status_code == 302
    permit = fresh(world, permit)
    assert permit.idus == ["45901000AB0001", "45901000AB0002"]
    assert permit.instructor_id == person.pk
    text = page_of(world, permit)
    assert "jachère protégée" in text
    assert "Sans décision : refus implicite le" in text


def test_what_somebody_changed_meanwhile_is_not_written_over_in_silence(world: World) -> None:
    permit, client = fresh(world, world.file()), browser(world)
    seen = form_of(permit, address="3 rue Haute", version=permit.version)
    path = f"/permis/{permit.number}/modifier/"
    assert client.post(path, {**seen, "description": "Une grange", "address": ""}).status_code == 302
    refused = client.post(path, seen)
    assert refused.status_code == 412
    assert fresh(world, permit).description == "Une grange"
    again = refused.context["form"]["version"].value()
    assert client.post(path, {**seen, "version": again}).status_code == 302
    assert fresh(world, permit).address == "3 rue Haute"


def test_what_was_not_changed_is_not_written(world: World) -> None:
    permit = world.file(description="Une maison\nà deux niveaux")
    given = form_of(permit, description="Une maison\r\nà deux niveaux")
    answer = world.client().post(f"/permis/{permit.number}/modifier/", given)
    assert "Rien n’a été modifié" in html(answer.client, answer.url)


def test_a_town_hall_changes_the_ground_and_not_the_instruction(world: World) -> None:
    permit = world.file()
    assert "instructor" not in html(world.client("town_hall"), f"/permis/{permit.number}/modifier/")
    given = form_of(permit, address="3 rue Haute", instructor=world.people["permit_instructor"].pk)
    assert world.client("town_hall").post(f"/permis/{permit.number}/modifier/", given).status_code == 302
    permit = fresh(world, permit)
    assert (permit.address, permit.instructor_id) == ("3 rue Haute", None)


def test_a_parcel_that_the_plan_lacks_is_told_and_kept(world: World) -> None:
    permit = world.file()
    answer = world.client().post(f"/permis/{permit.number}/modifier/", form_of(permit, parcels="AB 1\nAB 99"))
    assert "n’a pas la parcelle 45901000AB0099" in html(answer.client, answer.url)


def test_what_was_typed_is_kept_after_a_parcel_that_is_none(world: World) -> None:
    permit = world.file()
    given = form_of(permit, parcels="AB 1\nbidule", address="3 rue Haute")
    answer = browser(world).post(f"/permis/{permit.number}/modifier/", given)
    text = unescape(answer.content.decode())
    assert answer.status_code == 400
    assert "« bidule » n’est pas une parcelle" in text
    assert 'value="3 rue Haute"' in text


# -- the frozen sheet -------------------------------------------------------------------------------------------------


def frozen(permit: Permit, monkeypatch: pytest.MonkeyPatch) -> Job:
    """The order of the sheet once a worker has worked."""
    monkeypatch.setattr(jobs, "ProgressWriter", Silent)
    with factories.as_worker():
        job = Job.objects.select_related("owner", "started_by").get(kind="permit_sheet", parameters__permit=permit.pk)
        tasks.run(job, permit_sheet)
        job.refresh_from_db()
    return job


@pytest.mark.parametrize("who", ["permit_instructor", "town_hall", "agency_administrator"])
def test_a_sheet_that_is_ordered_becomes_the_member_s_and_the_file_s(
    world: World, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    permit = world.file()
    assert "Figer la fiche maintenant" in page_of(world, permit, who)
    assert world.client(who).post(f"/permis/{permit.number}/fiche/").status_code == 302
    assert "Figer la fiche maintenant" not in page_of(world, permit, who)
    job = frozen(permit, monkeypatch)
    assert (job.state, job.message) == ("done", "")
    permit = fresh(world, permit)
    assert permit.sheet is not None
    assert permit.sheet.owner == world.member
    assert permit.sheet.content["ground"]["parcels"] == ["45901000AB0001"]
    assert f"/api/v1/parcels/sheets/{permit.sheet.number}.pdf" in page_of(world, permit)
    assert world.client().get(f"/api/v1/parcels/sheets/{permit.sheet.number}.pdf").status_code == 200
    assert f'href="/permis/{permit.number}/fiche/"' in page_of(world, permit, "town_hall")


def test_a_sheet_holds_nothing_of_the_asker_s_other_members(world: World) -> None:
    rights = Rights(user_id=1, roles={world.member.pk: Role.TOWN_HALL, world.other.pk: Role.READER}, agency=True)
    narrow = rights_at(world.file(), rights)
    assert narrow.roles == {world.member.pk: Role.TOWN_HALL}
    assert not narrow.agency


def test_a_second_order_gives_no_second_sheet(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    permit = world.file()
    for _time in range(2):
        world.client().post(f"/permis/{permit.number}/fiche/")
    frozen(permit, monkeypatch)
    answer = world.client().post(f"/permis/{permit.number}/fiche/")
    assert "est déjà figée" in html(answer.client, answer.url)


def test_a_sheet_that_fails_can_be_asked_for_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from gis_core.errors import Unavailable

    def fail(*_given: Any, **_more: Any) -> None:
        raise Unavailable("Le plan ne répond pas.")

    permit = world.file()
    world.client().post(f"/permis/{permit.number}/fiche/")
    monkeypatch.setattr("permits.services.sheets.compose_sheet", fail)
    assert frozen(permit, monkeypatch).state == "failed"
    text = page_of(world, permit)
    assert "Le plan ne répond pas." in text
    assert "Figer la fiche maintenant" in text


def test_a_file_without_ground_has_no_sheet(world: World) -> None:
    permit = world.file(parcels=["AB 99"])
    answer = world.client().post(f"/permis/{permit.number}/fiche/")
    assert "n’a aucune des parcelles" in html(answer.client, answer.url)
    with world.as_():
        assert not Job.objects.filter(kind="permit_sheet").exists()
