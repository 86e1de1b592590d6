"""What an act says of a decision that is there already: its day, the hearing, and who asked for its withdrawal."""

from datetime import date
from html import unescape
from typing import Any

import pytest
from django.db import connection

from gis_core.errors import Invalid
from gis_core.letters import services as core
from gis_core.members.rights import Role
from permits.models import Authority, Permit
from permits.procedure import What
from permits.services.notifying import event_values, notice_for
from tests import factories
from tests.permits.conftest import World
from tests.permits.test_letters import here
from tests.permits.test_signed_acts import begun, numbered

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def summer(on_day: Any) -> None:
    on_day(date(2026, 8, 31))


def tacit(world: World, **given: Any) -> Permit:
    """A PC filed on 10 March 2026, tacit on 11 June 2026."""
    return world.file(filed_date=date(2026, 3, 10), **given)


def test_a_withdrawal_takes_its_days_from_the_file(world: World) -> None:
    permit = tacit(world)
    letter = {"channel": "registered", "sent": "2026-07-01", "presented": "2026-07-03", "remarks_by": "2026-07-20"}
    world.record(permit, "revoke_announced", None, **letter)
    world.record(permit, "remarks_came", date(2026, 7, 15))
    body = begun(world, permit, "permit-withdrawn", reasons=["l’article UB 7 est méconnu"]).body
    assert "envoyée le 1er juillet 2026,\nreçue le 3 juillet 2026," in body
    assert "Vu les observations du bénéficiaire, reçues le 15 juillet 2026," in body
    assert "Considérant que la décision tacite du 11 juin 2026 est illégale en ce que l’article UB 7" in body
    assert "La décision tacite du 11 juin 2026 relative à la demande PC 045 901 26 00001 est retirée." in body
    assert "[à compléter" not in body


def test_a_withdrawal_names_the_decision_by_the_day_of_its_signature(world: World) -> None:
    permit = tacit(world)
    world.record(permit, "decided", date(2026, 6, 8), outcome="granted", signed="2026-06-05")
    body = begun(world, permit, "permit-withdrawn", reasons=["UB 7"]).body
    assert "la décision du 5 juin 2026 est illégale" in body
    assert "[à compléter : date_reception_lettre]" in body
    assert "observations du bénéficiaire, reçues" not in body


def test_a_withdrawal_of_an_open_file_has_its_decision_to_complete(world: World) -> None:
    body = begun(world, world.file(filed_date=date(2026, 8, 1)), "permit-withdrawal-hearing", reasons=["UB 7"]).body
    assert "a fait l’objet d’une [à compléter : decision_prise]." in body


def test_a_withdrawal_that_the_holder_asks_for_says_so_and_calls_nothing_illegal(world: World) -> None:
    act = begun(world, tacit(world), "permit-withdrawn-on-request")
    assert act.title.startswith("Arrêté portant retrait, à la demande de son bénéficiaire,")
    assert "Vu l’article L.424-5 du code de l’urbanisme," in act.body
    assert "Vu la demande expresse de son bénéficiaire de retirer la décision tacite du 11 juin 2026," in act.body
    assert "tribunal administratif d’Orléans" in act.body
    for wrong in ("illégal", "observations", "L.121-1"):
        assert wrong not in act.body


def test_the_notification_of_such_a_withdrawal_begins_with_its_cause(world: World) -> None:
    permit = tacit(world)
    draft = begun(world, permit, "permit-withdrawn-on-request")
    made = numbered(world, permit, draft, body=draft.body.replace("[à compléter : jour]", "3 août 2026"))
    with world.as_():
        notice = notice_for(permit, What.REVOKED, [], world.rights())
        values = event_values(permit, What.REVOKED, notice)
    assert (values["cause"], values["reference"], values["signed"]) == ("requested", made.number, date(2026, 8, 31))


@pytest.mark.parametrize("kind", ["PCMI", "CUb"])
def test_a_withdrawal_for_fraud_has_its_own_law_and_no_limit_of_time(world: World, kind: str) -> None:
    permit = tacit(world, kind=kind)
    letter = {"channel": "registered", "sent": "2026-07-01", "presented": "2026-07-03", "remarks_by": "2026-07-20"}
    world.record(permit, "revoke_announced", None, **letter)
    act = begun(world, permit, "permit-withdrawn-for-fraud", reasons=["le plan de masse cache un bâtiment"])
    assert act.title.startswith("Arrêté portant retrait, pour fraude,")
    assert "Vu les articles L.121-1, L.122-1 et L.241-2 du code des relations entre le public" in act.body
    assert "a été obtenue par fraude, en ce que le plan de masse cache un bâtiment," in act.body
    assert "envoyée le 1er juillet 2026,\nreçue le 3 juillet 2026," in act.body
    for wrong in ("L.424-5", "illégal", "[à confirmer", "trois mois de cette décision"):
        assert wrong not in act.body


def test_the_notification_of_a_withdrawal_for_fraud_begins_with_its_cause(world: World) -> None:
    permit = tacit(world)
    world.record(permit, "revoke_announced", date(2026, 7, 3), channel="hand", remarks_by="2026-07-20")
    numbered(world, permit, begun(world, permit, "permit-withdrawn-for-fraud", reasons=["plan faux"]))
    with world.as_():
        notice = notice_for(permit, What.REVOKED, [], world.rights())
        assert event_values(permit, What.REVOKED, notice)["cause"] == "fraud"


def test_the_hearing_says_that_fraud_has_no_limit_of_time(world: World) -> None:
    hearing = begun(world, tacit(world), "permit-withdrawal-hearing", reasons=["UB 7"]).body
    assert "obtenu par fraude, il peut l’être à tout moment (article L.241-2 du code des relations" in hearing


def test_a_letter_that_was_handed_over_has_no_day_of_sending(world: World) -> None:
    """A form still held a day of sending of another way: the act said sent on 30 November, received on 5 November."""
    permit = tacit(world)
    world.record(
        permit, "revoke_announced", date(2026, 7, 3), channel="hand", sent="2026-08-30", remarks_by="2026-07-20"
    )
    body = begun(world, permit, "permit-withdrawn", reasons=["UB 7"]).body
    assert "observations,\nreçue le 3 juillet 2026," in body
    assert "envoyée le" not in body


def test_a_certificate_is_withdrawn_under_its_own_rule(world: World) -> None:
    permit = tacit(world, kind="CUb")
    hearing = begun(world, permit, "permit-withdrawal-hearing", reasons=["zone fausse"]).body
    act = begun(world, permit, "permit-withdrawn", reasons=["zone fausse"]).body
    assert "L.424-5" not in hearing + act
    assert "L.121-1" in hearing
    assert "[à confirmer : article L.242-1" in act


def test_the_act_of_a_change_names_the_permit_with_its_day(world: World) -> None:
    first, second = tacit(world), world.file(filed_date=date(2026, 3, 10))
    world.record(second, "decided", date(2026, 6, 8), outcome="granted", signed="2026-06-05")
    given = {"change": "M", "filed_date": date(2026, 8, 1)}
    of_tacit, of_signed = (begun(world, world.file(parent=one.number, **given)).body for one in (first, second))
    assert "Vu le permis de construire PC 045 901 26 00001 tacite du 11 juin 2026," in of_tacit
    assert "Vu le permis de construire PC 045 901 26 00002 du 5 juin 2026," in of_signed


def test_the_remedies_of_third_parties_are_not_those_of_the_act(world: World) -> None:
    permit = world.file()
    draft = begun(world, permit)
    assert "Les tiers peuvent contester l’autorisation devant le tribunal administratif" in draft.body
    before, _title, rest = draft.body.partition("## Voies et délais de recours")
    with pytest.raises(Invalid, match="comment il se conteste"):
        numbered(world, permit, draft, body=before + rest[rest.index("## À lire") :])


@pytest.mark.parametrize("code", ["permit-certificate-yes", "permit-certificate-no"])
def test_a_certificate_has_no_article_1_without_a_second(world: World, code: str) -> None:
    assert "## Article" not in begun(world, tacit(world, kind="CUb"), code, reasons=["non desservi"]).body


# -- who reads the authority ------------------------------------------------------------------------------------------


def authorities_read(world: World, who: str, insee: str) -> list[str]:
    with world.as_(who), connection.cursor() as cursor:
        cursor.execute("select name from arpent.authorities_of(%s, %s)", [world.member.pk, insee])
        authorities = cursor.fetchall()
        cursor.execute("select last_name from arpent.signatories_of(%s, %s)", [world.member.pk, insee])
        return sorted(name for (name,) in (*authorities, *cursor.fetchall()))


def test_a_town_hall_reads_who_decides_in_its_commune_and_nowhere_else(world: World) -> None:
    with factories.as_owner():
        Authority.objects.create(
            owner=world.member, insee="45902", quality="mayor", name="Montereau", place="Montereau",
            since_date=date(2020, 7, 3),
        )  # fmt: skip
    assert authorities_read(world, Role.TOWN_HALL, "45901") == ["Commune de Lorris", "Dupuis"]
    assert authorities_read(world, Role.TOWN_HALL, "45902") == []
    assert authorities_read(world, "stranger", "45901") == []
    assert authorities_read(world, Role.READER, "45902") == ["Commune de Lorris", "Dupuis", "Montereau"]


def test_the_settings_of_authorities_stay_closed_to_a_town_hall(world: World) -> None:
    with world.as_(Role.TOWN_HALL):
        assert not Authority.objects.exists()


def test_the_author_of_an_act_is_named_as_french_says_it(world: World) -> None:
    with factories.as_owner():
        world.commune.name = "Les Bordes"
        world.commune.save()
    permit = world.file(address="3 rue Haute")
    act, letter = begun(world, permit), begun(world, permit, "permit-longer")
    assert "Le maire des Bordes, agissant au nom de la commune" in act.body
    assert "situé 3 rue Haute, aux Bordes," in act.body
    assert "aux Bordes." in letter.body


@pytest.mark.parametrize(
    "code",
    ["permit-withdrawal-hearing", "permit-inadmissible", "permit-lapsed", "permit-attested"],
)
def test_a_letter_of_the_authority_has_its_head_and_its_signature(world: World, code: str) -> None:
    letter = begun(world, tacit(world), code)
    with world.as_():
        document = core.document_of(letter)
    assert (document.sender, document.place) == ("Commune de Lorris", "Lorris")
    assert letter.signatory == "La maire,\n\n\nJeanne Dupuis"


def test_a_letter_of_an_authority_that_is_not_written_is_signed_by_hand(world: World) -> None:
    with factories.as_owner():
        Authority.objects.all().delete()
    letter = begun(world, tacit(world), "permit-withdrawal-hearing")
    assert letter.signatory == ""


def test_whoever_begins_a_refusal_of_a_tacit_permit_is_told_that_it_withdraws_it(world: World) -> None:
    permit = tacit(world)
    given = {"kind": "permit-refused", "reasons": "UB 7"}
    answer = world.client().post(here(permit), given, headers={"accept": "text/html"}, follow=True)
    text = unescape(answer.content.decode())
    assert "Permis tacite, 11 juin 2026" in text
    assert "un refus vaut retrait" in text
    assert "dans les trois mois (L.424-5), après que celui-ci a été entendu (CRPA, L.121-1 et L.122-1)" in text
