"""What follows a decision, as it is recorded and shown: withdrawals, appeals, changes, posting, works."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from gis_core.errors import Conflict, Forbidden, Invalid, NotFound
from gis_core.members.rights import ANONYMOUS, Role, acting_as
from permits.models import ApplicantReading, Event, Permit
from permits.procedure import State
from permits.services import sweeping
from permits.services.recording import strike
from permits.services.register import RegisterQuery, decisions
from tests import factories
from tests.permits.conftest import World
from tests.permits.test_file_page import HAND, browser, event, fresh, html, page_of, told


def granted(world: World, **given: Any) -> Permit:
    """A PC filed on 5 January 2026, granted on 2 March, signed on 27 February."""
    permit = world.file(**given)
    return world.record(permit, "decided", date(2026, 3, 2), outcome="granted", signed="2026-02-27")


# -- withdrawal -------------------------------------------------------------------------------------------------------


def test_a_permit_is_withdrawn_after_its_holder_was_heard(world: World, on_day: Any) -> None:
    on_day(date(2026, 4, 1))
    permit = granted(world)
    world.record(permit, "revoke_announced", date(2026, 4, 1), remarks_by="2026-04-15", **HAND)
    on_day(date(2026, 5, 27))
    permit = world.record(permit, "remarks_came", date(2026, 4, 10), Role.TOWN_HALL, note="Reçues par lettre")
    permit = world.record(permit, "revoked", date(2026, 5, 27), cause="illegal", reason="Article UB 10", **HAND)
    assert (permit.state, permit.ended_date, permit.valid_until_date) == (State.REVOKED, date(2026, 5, 27), None)
    text = page_of(world, permit)
    assert "Décision retirée : elle est illégale" in text
    assert "irrégulier</span>" not in text


def test_the_page_says_until_when_a_permit_may_be_withdrawn(world: World, on_day: Any) -> None:
    on_day(date(2026, 5, 27))
    assert "Si elle est illégale, la décision peut être retirée jusqu’au 27 mai 2026." in page_of(world, granted(world))


def test_a_withdrawal_that_comes_late_stands_and_is_told_as_illegal(world: World, on_day: Any) -> None:
    on_day(date(2026, 5, 28))
    permit = granted(world)
    given = {"on": "2026-05-28", "cause": "illegal", "reason": "Article UB 10", **HAND}
    text = told(event(world, permit, "revoked", **given))
    assert "Irrégulier : il est illégal, car notifié après le 27 mai 2026, dernier jour" in text
    assert fresh(world, permit).state == State.REVOKED


def test_a_withdrawal_that_was_recorded_by_mistake_gives_the_permit_back(world: World, on_day: Any) -> None:
    on_day(date(2026, 5, 20))
    permit = world.record(granted(world), "revoked", date(2026, 5, 20), cause="requested", reason="Renonce", **HAND)
    with world.as_():
        strike(Event.objects.get(permit=permit, what="revoked"), reason="Autre dossier", rights=world.rights())
        permit.refresh_from_db()
    assert (permit.state, permit.valid_until_date) == (State.GRANTED, date(2029, 3, 2))


@pytest.mark.parametrize("who", [Role.TOWN_HALL, Role.READER])
def test_only_an_instructor_records_a_withdrawal(world: World, on_day: Any, who: str) -> None:
    on_day(date(2026, 5, 20))
    permit = granted(world)
    assert browser(world, who).get(f"/permis/{permit.number}/evenements/revoked/").status_code == 403
    with pytest.raises(Forbidden):
        world.record(permit, "revoked", date(2026, 5, 20), who, cause="requested", reason="Renonce")


def test_another_member_and_a_visitor_see_no_withdrawal(world: World, on_day: Any) -> None:
    on_day(date(2026, 5, 20))
    address = f"/permis/{granted(world).number}/evenements/revoked/"
    assert browser(world, "stranger").get(address).status_code == 404
    assert Client().get(address).status_code == 302
    with pytest.raises(NotFound):
        world.record(Permit(pk=0, owner=world.other), "revoked", date(2026, 5, 20), "stranger", cause="requested")


def test_a_withdrawal_needs_its_cause_and_reason_and_keeps_what_was_typed(world: World, on_day: Any) -> None:
    on_day(date(2026, 5, 20))
    permit = granted(world)
    answer = event(world, permit, "revoked", on="2026-05-20", reference="2026-URB-12", **HAND)
    assert answer.status_code == 400
    assert 'value="2026-URB-12"' in answer.content.decode()
    with world.as_():
        assert not Event.objects.filter(permit=permit, what="revoked").exists()


WRONG: dict[str, tuple[str, date, dict[str, Any], type[Exception]]] = {
    "a withdrawal without a decision": ("revoked", date(2026, 2, 2), {"cause": "requested", "reason": "x"}, Conflict),
    "an unknown cause": ("revoked", date(2026, 4, 1), {"cause": "whim", "reason": "x"}, Invalid),
    "a withdrawal without a reason": ("revoked", date(2026, 4, 1), {"cause": "requested"}, Invalid),
    "remarks before the letter": ("revoke_announced", date(2026, 4, 1), {"remarks_by": "2026-03-31"}, Invalid),
    "an appeal to nobody": ("appeal_lodged", date(2026, 4, 1), {"appeal": "king"}, Invalid),
    "an outcome that is none": ("appeal_ended", date(2026, 4, 1), {"appeal_outcome": "perhaps"}, Invalid),
    "a deferral without months": ("decided", date(2026, 4, 1), {"outcome": "deferred"}, Invalid),
    "a deferral of three years": ("decided", date(2026, 4, 1), {"outcome": "deferred", "months": 36}, Invalid),
    "an annulment as a decision": ("decided", date(2026, 4, 1), {"outcome": "annulled"}, Invalid),
    "a board before the grant": ("posted_on_site", date(2026, 2, 20), {}, Invalid),
    "a confirmation of what stands": ("confirmed", date(2026, 4, 1), {}, Conflict),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_have_happened_is_refused(world: World, on_day: Any, case: str) -> None:
    what, on, detail, kind = WRONG[case]
    on_day(date(2026, 4, 1))
    permit = world.file(filed_date=date(2026, 2, 1)) if what == "revoked" and kind is Conflict else granted(world)
    with pytest.raises(kind):
        world.record(permit, what, on, **detail)


def test_no_works_follow_a_certificate(world: World, on_day: Any) -> None:
    on_day(date(2026, 4, 1))
    permit = world.record(world.file(kind="CUb"), "decided", date(2026, 3, 2), outcome="granted")
    text = page_of(world, permit)
    assert "/evenements/works_started/" not in text
    assert "/evenements/revoked/" in text
    assert "Décision notifiée : Réalisable" in text
    with pytest.raises(Conflict):
        world.record(permit, "posted_on_site", date(2026, 4, 1))


def test_a_certificate_is_not_put_off(world: World, on_day: Any) -> None:
    on_day(date(2026, 3, 2))
    permit = world.file(kind="CUb", filed_date=date(2026, 2, 2))
    assert "Sursis à statuer" not in html(browser(world), f"/permis/{permit.number}/evenements/decided/")
    with pytest.raises(Invalid):
        world.record(permit, "decided", date(2026, 3, 2), outcome="deferred", months=12)


# -- appeals, deferral ------------------------------------------------------------------------------------------------


def test_an_annulled_permit_is_shown_as_such_everywhere(world: World, on_day: Any) -> None:
    on_day(date(2027, 5, 11))
    permit = granted(world)
    world.record(permit, "appeal_lodged", date(2026, 4, 1), Role.TOWN_HALL, appeal="court")
    permit = world.record(permit, "appeal_ended", date(2027, 5, 11), appeal_outcome="annulled", final=True)
    assert permit.state == State.ANNULLED
    assert "Annulé par le juge le 11 mai 2027." in page_of(world, permit)
    with acting_as(ANONYMOUS):
        assert [(one.outcome, one.decided_date) for one in decisions(RegisterQuery())] == [
            ("annulled", date(2027, 5, 11))
        ]
    assert "Annulé par le juge" in Client().get("/permis/registre/", headers={"accept": "text/html"}).content.decode()
    assert "Annulé par le juge" in html(browser(world), "/permis/?state=annulled")


def test_an_appeal_names_nobody(world: World, on_day: Any) -> None:
    on_day(date(2026, 4, 1))
    text = html(browser(world), f"/permis/{granted(world).number}/evenements/appeal_lodged/")
    assert "Ne nommez jamais ici l’auteur du recours." in text


def test_a_deferred_decision_is_recorded_with_its_months(world: World, on_day: Any) -> None:
    on_day(date(2026, 3, 10))
    permit = world.file()
    text = told(event(world, permit, "decided", on="2026-03-02", outcome="deferred", months="24", **HAND))
    assert "pendant 24 mois" in text
    assert "Fin du sursis à statuer" in text
    assert fresh(world, permit).state == State.DEFERRED


def test_a_confirmed_application_is_open_again(world: World, on_day: Any) -> None:
    on_day(date(2026, 3, 2))
    permit = world.record(world.file(), "decided", date(2026, 3, 2), outcome="deferred", months=12)
    on_day(date(2027, 3, 10))
    permit = world.record(permit, "confirmed", date(2027, 3, 8), Role.TOWN_HALL)
    assert (permit.state, permit.due_date, permit.next_what) == (State.RECEIVED, date(2027, 5, 8), "due")
    assert "Sans décision : permis tacite le 9 mai 2027." in page_of(world, permit)


# -- modifications and transfers --------------------------------------------------------------------------------------


def changed(world: World, parent: Permit, change: str = "M") -> Permit:
    permit = world.file(parent=parent.number, change=change, filed_date=date(2026, 4, 1))
    return world.record(permit, "decided", date(2026, 5, 4), outcome="granted")


def test_a_modification_has_the_validity_of_its_permit_and_says_so(world: World, on_day: Any) -> None:
    on_day(date(2026, 5, 10))
    parent = granted(world)
    permit = changed(world, parent)
    assert permit.valid_until_date == date(2029, 3, 2)
    text = page_of(world, permit)
    assert f"Modification de {parent}" in text
    assert f"il suit {parent}, accordé le 2 mars 2026" in text
    assert f"Transfert de {parent}" in page_of(world, changed(world, parent, "T"))


def test_the_page_of_a_modification_asks_the_database_few_times(
    world: World, on_day: Any, django_assert_max_num_queries: Any
) -> None:
    on_day(date(2026, 5, 10))
    permit = changed(world, granted(world))
    client = world.client()
    client.get(f"/permis/{permit.number}/")
    with django_assert_max_num_queries(23):
        client.get(f"/permis/{permit.number}/")


def test_an_extension_of_the_permit_extends_its_modification(world: World, on_day: Any) -> None:
    on_day(date(2028, 5, 10))
    parent = granted(world)
    permit = changed(world, parent)
    world.record(parent, "extended", date(2028, 5, 10))
    assert fresh(world, permit).valid_until_date == date(2030, 3, 2)


def test_a_modification_falls_with_its_permit_and_rises_with_it(world: World, on_day: Any) -> None:
    on_day(date(2026, 5, 20))
    parent = granted(world)
    permit = changed(world, parent)
    world.record(parent, "revoked", date(2026, 5, 20), cause="requested", reason="Renonce")
    assert fresh(world, permit).state == State.REVOKED
    assert "Ce qui le modifie n’a plus d’objet." in page_of(world, permit)
    with world.as_():
        strike(Event.objects.get(permit=parent, what="revoked"), reason="Erreur", rights=world.rights())
    assert fresh(world, permit).state == State.GRANTED


def test_the_night_lets_a_permit_and_its_modification_lapse(world: World, on_day: Any) -> None:
    on_day(date(2026, 5, 10))
    parent = granted(world)
    permit = changed(world, parent)
    with factories.as_worker():
        sweeping.sweep(date(2029, 3, 3))
    assert [fresh(world, one).state for one in (parent, permit)] == [State.EXPIRED, State.EXPIRED]


def test_the_night_lets_a_permit_lapse_whose_works_stood_still_for_a_year(world: World, on_day: Any) -> None:
    on_day(date(2027, 2, 1))
    permit = world.record(granted(world), "works_started", date(2026, 6, 1), Role.TOWN_HALL)
    permit = world.record(permit, "works_stopped", date(2027, 1, 15), Role.TOWN_HALL)
    with factories.as_worker():
        sweeping.sweep(date(2030, 3, 2))
        assert Permit.objects.get(pk=permit.pk).state == State.WORKS
        sweeping.sweep(date(2030, 3, 3))
        assert Permit.objects.get(pk=permit.pk).state == State.EXPIRED


def test_every_file_is_derived_anew_when_asked_for(world: World, on_day: Any) -> None:
    """As after an upgrade: a refusal that came after a tacit permit, under the rules of a former version."""
    on_day(date(2026, 4, 10))
    permit = world.record(world.file(), "decided", date(2026, 4, 8), outcome="refused")
    with factories.as_owner():
        Permit.objects.filter(pk=permit.pk).update(state=State.GRANTED, tacit=True)
    with factories.as_worker():
        assert sweeping.sweep(date(2026, 4, 11)).changed == 0
        assert sweeping.sweep(date(2026, 4, 11), every=True).changed == 1
    assert fresh(world, permit).state == State.REFUSED


def test_a_modification_starts_from_the_parcels_address_and_applicant_of_its_permit(world: World, on_day: Any) -> None:
    on_day(date(2026, 4, 1))
    parent = granted(world, address="12 rue Haute", parcels=["AB 1", "AB 2"])
    text = html(browser(world), f"/permis/deposer/?parent={parent.number}&change=M")
    assert "45901000AB0001\n45901000AB0002" in text
    assert 'value="12 rue Haute"' in text
    assert 'value="Jeanne Martin"' in text
    assert '<option value="PC" selected>' in text
    with factories.as_owner():
        reading = ApplicantReading.objects.latest("id")
        assert (reading.numbers, reading.purpose) == ([parent.number], "Dépôt d’une modification")


def test_a_transfer_does_not_name_the_former_holder(world: World, on_day: Any) -> None:
    on_day(date(2026, 4, 1))
    parent = granted(world, address="12 rue Haute")
    text = html(browser(world), f"/permis/deposer/?parent={parent.number}&change=T")
    assert 'value="12 rue Haute"' in text
    assert "Jeanne Martin" not in text


def test_who_does_not_read_applicants_starts_without_one(world: World, on_day: Any) -> None:
    on_day(date(2026, 4, 1))
    parent = granted(world, address="12 rue Haute")
    text = html(browser(world, "gis_administrator"), f"/permis/deposer/?parent={parent.number}&change=M")
    assert 'value="12 rue Haute"' in text
    assert "Jeanne Martin" not in text


@pytest.mark.parametrize("number", ["PC04590126Z9999", "nimporte quoi", ""])
def test_a_parent_that_one_does_not_see_gives_nothing(world: World, on_day: Any, number: str) -> None:
    on_day(date(2026, 4, 1))
    granted(world, address="12 rue Haute")
    assert "12 rue Haute" not in html(browser(world), f"/permis/deposer/?parent={number}&change=M")


def test_another_member_reads_nothing_of_a_parent(world: World, on_day: Any) -> None:
    on_day(date(2026, 4, 1))
    parent = granted(world, address="12 rue Haute")
    text = html(browser(world, "stranger"), f"/permis/deposer/?parent={parent.number}&change=M")
    assert "12 rue Haute" not in text
    assert "Jeanne Martin" not in text


def test_a_change_of_a_withdrawn_permit_is_filed_with_a_warning(world: World, on_day: Any) -> None:
    on_day(date(2026, 5, 20))
    parent = world.record(granted(world), "revoked", date(2026, 5, 20), cause="requested", reason="Renonce")
    given = {"kind": "PC", "insee": "45901", "filed_date": "2026-05-20", "parcels": "AB 1", "change": "M",
             "parent": parent.number, "description": "", "address": "", "number": ""}  # fmt: skip
    text = told(browser(world).post("/permis/deposer/", given))
    assert "Le dossier modifié est « Décision retirée »" in text


def test_only_a_permit_in_force_is_offered_a_modification_and_a_transfer(world: World, on_day: Any) -> None:
    on_day(date(2026, 5, 20))
    permit = granted(world)
    offered = [f"/permis/deposer/?parent={permit.number}&change={change}" for change in "MT"]
    assert all(one in page_of(world, permit) for one in offered)
    permit = world.record(permit, "revoked", date(2026, 5, 20), cause="requested", reason="Renonce")
    assert not any(one in page_of(world, permit) for one in offered)


# -- what follows -----------------------------------------------------------------------------------------------------


def test_a_town_hall_records_what_it_does_and_receives(world: World, on_day: Any) -> None:
    on_day(date(2026, 12, 1))
    permit = granted(world)
    for what, on in (
        ("transmitted", date(2026, 3, 4)),
        ("posted_town_hall", date(2026, 3, 5)),
        ("posted_on_site", date(2026, 3, 6)),
        ("works_started", date(2026, 6, 1)),
    ):
        permit = world.record(permit, what, on, Role.TOWN_HALL)
    permit = world.record(permit, "works_finished", date(2026, 11, 30), Role.TOWN_HALL, survey=True)
    text = page_of(world, permit)
    assert permit.state == State.FINISHED
    for words in ("Fin du délai de recours des tiers", "Décision exécutoire", "récolement obligatoire (R.462-7)"):
        assert words in text


def test_the_timeline_by_program_tells_what_is_irregular(world: World, on_day: Any) -> None:
    on_day(date(2026, 4, 10))
    permit = world.record(world.file(), "decided", date(2026, 4, 8), outcome="refused")
    body = world.client().get(f"/api/v1/permits/{permit.number}/timeline").json()
    (step,) = [one for one in body["steps"] if one["code"] == "refused_after_grant"]
    assert (body["outcome"], body["revocable_until"], step["irregular"], step["effective"]) == (
        "refused", None, True, True,
    )  # fmt: skip
    assert step["values"]["flaws"] == ["unheard"]


def test_a_withdrawal_is_recorded_by_program_and_refused_in_words(world: World, on_day: Any) -> None:
    on_day(date(2026, 5, 20))
    permit = granted(world)
    address, body = f"/api/v1/permits/{permit.number}/events/", {"what": "revoked", "on": "2026-05-20"}
    wrong = world.client().post(address, {**body, "detail": {"cause": "whim"}}, content_type="application/json")
    assert (wrong.status_code, wrong.json()["parameter"]) == (400, "cause")
    right = {**body, "detail": {"cause": "fraud", "reason": "Plan falsifié"}}
    assert world.client().post(address, right, content_type="application/json").status_code == 201
    assert world.client(Role.TOWN_HALL).post(address, right, content_type="application/json").status_code == 403
    assert fresh(world, permit).state == State.REVOKED


def test_statistics_tell_states_and_count_what_was_withdrawn_as_decided(world: World, on_day: Any) -> None:
    on_day(date(2026, 5, 20))
    granted(world)
    world.record(granted(world), "revoked", date(2026, 5, 20), cause="requested", reason="Renonce")
    text = html(browser(world), "/permis/statistiques/")
    assert "Par état" in text
    assert "<dt>décidés</dt><dd>2</dd>" in text
    assert "<dt>jours jusqu’à la décision, médiane</dt><dd>56</dd>" in text
    assert "state=revoked" in text
