"""Acts that can be signed: whose they are, who signs, what they say of the file and of the law, what is refused."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from gis_core.errors import Conflict, Invalid
from gis_core.letters import services as core
from gis_core.letters.kinds import kind_of
from gis_core.members.rights import Role
from gis_core.models import Letter
from permits.letters import LetterRequest
from permits.models import Authority, Consultation, MemberNote, Permit, Signatory
from permits.services import letters
from permits.services.figures import GivenFigures, save_figures
from tests import factories
from tests.permits.conftest import World
from tests.permits.test_letters import here, page, pdf_words, post, sent

pytestmark = pytest.mark.django_db
INSTRUCTOR = Role.PERMIT_INSTRUCTOR
READ_AGAIN = "J’ai relu l’acte"


def begun(world: World, permit: Permit, code: str = "permit-granted", **asked: Any) -> Letter:
    with world.as_(INSTRUCTOR):
        return letters.begin_letter(permit, kind_of(code), LetterRequest(**asked), world.rights())


def numbered(world: World, permit: Permit, draft: Letter, *, reread: bool = False, **words: str) -> Letter:
    with world.as_(INSTRUCTOR):
        texts = {name: getattr(draft, name) for name in core.TEXTS} | words
        return letters.finalise_letter(permit, draft, texts, draft.version, world.rights(), reread=reread)


@factories.as_owner()
def delegate(world: World, last_name: str = "Durand", until: date | None = None) -> Signatory:
    authority = Authority.objects.get(owner=world.member)
    return Signatory.objects.create(
        authority=authority,
        first_name="Paul",
        last_name=last_name,
        quality="L’adjoint à l’urbanisme",
        delegation="l’arrêté n° 2026-12 du 3 avril 2026 portant délégation de signature",
        since_date=date(2024, 4, 3),
        until_date=until,
    )


@factories.as_owner()
def nobody_signs(world: World) -> None:
    Signatory.objects.all().delete()


# -- who decides and signs --------------------------------------------------------------------------------------------


def test_a_granted_permit_says_in_whose_name_it_is_given_and_who_signs(world: World, on_day: Any) -> None:
    on_day(date(2026, 2, 2))
    permit = world.file()
    act = numbered(world, permit, begun(world, permit))
    words = pdf_words(bytes(act.pdf or b""))
    for one in (
        "Commune de Lorris",
        "Le maire de Lorris, agissant au nom de la commune",
        "Jeanne Martin, 1 rue des Lilas",
        "La maire,",
        "Jeanne Dupuis",
        "Lorris, le 2 février 2026",
    ):
        assert one in words


def test_no_act_is_begun_where_nobody_may_sign(world: World) -> None:
    permit = world.file()
    nobody_signs(world)
    with pytest.raises(Conflict, match="Personne ne peut signer"):
        begun(world, permit)


def test_no_act_is_begun_where_no_authority_is_written(world: World) -> None:
    permit = world.file("stranger", insee="45903", parcels=["AC 1"])
    with world.as_("stranger"), pytest.raises(Conflict, match="l’autorité"):
        letters.begin_letter(permit, kind_of("permit-granted"), LetterRequest(), world.rights("stranger"))


def test_of_two_who_may_sign_one_is_chosen(world: World) -> None:
    permit, deputy = world.file(), delegate(world)
    with pytest.raises(Invalid, match="Jeanne Dupuis"):
        begun(world, permit)
    act = begun(world, permit, signatory=deputy.pk)
    assert act.signatory == "Pour le maire et par délégation,\nL’adjoint à l’urbanisme,\n\n\nPaul Durand"
    assert "Vu l’arrêté n° 2026-12 du 3 avril 2026 portant délégation de signature," in act.body


def test_a_delegation_that_ended_yesterday_signs_nothing(world: World, on_day: Any) -> None:
    on_day(date(2026, 3, 31))
    permit, deputy = world.file(), delegate(world, until=date(2026, 3, 31))
    draft = begun(world, permit, signatory=deputy.pk)
    on_day(date(2026, 4, 1))
    with pytest.raises(Invalid, match="Paul Durand ne peut pas signer"):
        numbered(world, permit, draft)
    with world.as_():
        draft.refresh_from_db()
    assert draft.state == "draft"


def test_a_signature_that_names_somebody_else_is_refused(world: World) -> None:
    permit = world.file()
    draft = begun(world, permit)
    with pytest.raises(Invalid, match="Jeanne Dupuis"):
        numbered(world, permit, draft, signatory="Le maire,\nJean Dupont")
    with pytest.raises(Invalid, match="Jeanne Dupuis"):
        numbered(world, permit, draft, signatory="")


def test_what_is_written_for_a_commune_comes_before_what_is_for_all(world: World) -> None:
    with factories.as_owner():
        mayor = Authority.objects.create(
            owner=world.member, insee="45902", quality="mayor", name="Montereau", place="Montereau",
            since_date=date(2020, 7, 3),
        )  # fmt: skip
        Signatory.objects.create(
            authority=mayor, first_name="Luc", last_name="Petit", quality="Le maire", since_date=date(2020, 7, 3)
        )
    there = world.file(insee="45902", parcels=[])
    assert begun(world, there).signatory == "Le maire,\n\n\nLuc Petit"
    assert begun(world, world.file()).signatory == "La maire,\n\n\nJeanne Dupuis"


def test_two_authorities_on_the_same_day_are_told(world: World) -> None:
    with factories.as_owner():
        Authority.objects.create(
            owner=world.member, quality="president", name="Le Lys", place="Lorris", since_date=date(2021, 1, 1)
        )
    with pytest.raises(Conflict, match="Commune de Lorris, Le Lys"):
        begun(world, world.file())


# -- notes of law -----------------------------------------------------------------------------------------------------


def test_remedies_are_those_of_the_day_of_the_decision(world: World, on_day: Any) -> None:
    """L.600-12-2 holds for decisions from 28 November 2025 on."""
    permit = world.file(filed_date=date(2025, 10, 1))
    on_day(date(2025, 11, 27))
    before = begun(world, permit).body
    assert "prolonge le délai du recours contentieux" in before
    assert "L.600-12-2" not in before
    on_day(date(2025, 11, 28))
    after = begun(world, permit).body
    assert "dans un délai d’un mois (article L.600-12-2 du code de l’urbanisme)" in after
    assert "ne proroge pas le délai du recours contentieux" in after
    assert "tribunal administratif d’Orléans" in after


def test_an_act_begun_before_the_law_changed_is_begun_again(world: World, on_day: Any) -> None:
    permit = world.file(filed_date=date(2025, 10, 1))
    on_day(date(2025, 11, 27))
    draft = begun(world, permit)
    on_day(date(2025, 11, 28))
    with pytest.raises(Conflict, match="reprenez l’acte"):
        numbered(world, permit, draft)


def test_an_act_without_remedies_is_refused(world: World) -> None:
    permit = world.file()
    draft = begun(world, permit)
    with pytest.raises(Invalid, match="comment il se conteste"):
        numbered(world, permit, draft, body="# ARRÊTE\n\nLe permis est accordé.")


def test_an_unconfirmed_sentence_is_not_numbered(world: World) -> None:
    permit = world.file(kind="CUa")
    draft = begun(world, permit, "permit-certificate")
    assert "à confirmer\\] : R.410-19".replace("\\]", "") in draft.body.replace("\\", "")
    with pytest.raises(Invalid, match="compléter"):
        numbered(world, permit, draft)
    body = draft.body.replace("[à compléter", "[fait")
    with pytest.raises(Invalid, match="à confirmer"):
        numbered(world, permit, draft, body=body)


@pytest.mark.parametrize(
    ("quality", "transmitted"), [("mayor", True), ("president", True), ("mayor_state", False), ("prefect", False)]
)
def test_acts_of_the_state_are_not_transmitted_to_the_prefect(world: World, quality: str, transmitted: bool) -> None:
    with factories.as_owner():
        Authority.objects.filter(owner=world.member).update(quality=quality)
    assert ("article L.424-7" in begun(world, world.file()).body) is transmitted


def test_a_member_words_a_note_until_the_law_changes(world: World, on_day: Any) -> None:
    on_day(date(2026, 2, 2))
    with world.as_(Role.GIS_ADMINISTRATOR):
        MemberNote.objects.create(
            owner=world.member, code="third-parties", text="Sous réserve des tiers.", since_date=date(2026, 1, 1)
        )
        MemberNote.objects.create(
            owner=world.member, code="remedies", text="Deux mois, tribunal administratif.", since_date=date(2024, 1, 1)
        )
    body = begun(world, world.file()).body
    assert "- Droits des tiers : Sous réserve des tiers." in body
    assert "L.600-12-2" in body, "the law of 2025 is younger than the member's wording"


def test_a_modification_does_not_get_three_years_of_its_own(world: World, on_day: Any) -> None:
    on_day(date(2026, 2, 2))
    first = world.file()
    change = world.file(parent=first.number, change="M")
    act = begun(world, change)
    assert act.title == "Arrêté accordant la modification du permis de construire PC 045 901 26 00001 M01"
    assert (
        "La modification du permis de construire PC 045 901 26 00001 (PC 045 901 26 00001 M01) est accordée."
        in act.body
    )
    assert "ne modifie pas la durée de validité de l’autorisation initiale" in act.body
    assert "trois ans" not in act.body


# -- what the file says -----------------------------------------------------------------------------------------------


def opinion(world: World, permit: Permit, *prescriptions: str) -> None:
    with world.as_(INSTRUCTOR):
        Consultation.objects.create(
            permit=permit, body="sdis", requested_date=date(2026, 1, 10), months=1, due_date=date(2026, 2, 10),
            answered_date=date(2026, 2, 1), opinion="with_prescriptions", prescriptions=list(prescriptions),
        )  # fmt: skip


def test_prescriptions_of_opinions_are_carried_over_one_by_one(world: World, on_day: Any) -> None:
    on_day(date(2026, 2, 2))
    permit = world.file()
    opinion(world, permit, "Poser une bouche d’incendie.", "Élargir l’accès à 3 m.")
    act = begun(world, permit, "permit-granted-with")
    assert "- Service d’incendie et de secours (SDIS) : Poser une bouche d’incendie." in act.body or (
        "SDIS) : Poser une bouche d’incendie." in act.body and "SDIS) : Élargir l’accès à 3 m." in act.body
    )
    chosen: Sequence[str] = ["Service d’incendie (SDIS) : Élargir l’accès à 3 m."]
    assert "bouche" not in begun(world, permit, "permit-granted-with", prescriptions=chosen).body.partition("# ARR")[2]


def test_a_prescription_of_20_000_characters_is_carried_over_whole(world: World) -> None:
    permit = world.file()
    opinion(world, permit, "a" * 20_000, "é" * 20_000, "Fin 🏠.")
    body = begun(world, permit, "permit-granted-with").body
    assert "a" * 20_000 in body
    assert "é" * 20_000 in body
    assert "Fin 🏠." in body


def test_a_file_that_changed_meanwhile_is_told_and_read_again(world: World) -> None:
    permit = world.file(description="Une grange")
    draft = begun(world, permit)
    with world.as_(INSTRUCTOR):
        Permit.objects.filter(pk=permit.pk).update(description="Deux granges")
        permit.refresh_from_db()
    with pytest.raises(Conflict, match="Deux granges"):
        numbered(world, permit, draft)
    assert numbered(world, permit, draft, reread=True).number


def test_figures_of_the_form_that_changed_meanwhile_are_told(world: World) -> None:
    permit = world.file()
    draft = begun(world, permit)
    with world.as_(INSTRUCTOR):
        save_figures(permit, GivenFigures(floor_created_m2=Decimal("45.5"), dwellings=2), world.rights(INSTRUCTOR))
    with pytest.raises(Conflict, match=r"45,5.m²"):
        numbered(world, permit, draft)
    assert numbered(world, permit, draft, reread=True).number


@pytest.mark.parametrize("code", ["permit-granted", "permit-granted-with", "permit-refused", "permit-stayed"])
def test_an_act_says_the_figures_of_the_form(world: World, code: str) -> None:
    permit = world.file()
    given = GivenFigures(
        floor_created_m2=Decimal("45.5"), floor_after_m2=Decimal(120), dwellings=2, destinations=["logement"]
    )
    assert "surface de plancher" not in begun(world, permit, code).body
    with world.as_(INSTRUCTOR):
        save_figures(permit, given, world.rights(INSTRUCTOR))
    body = begun(world, permit, code).body.replace("\xa0", " ").replace("\u202f", " ")
    said = (
        "surface de plancher créée : 45,5 m²,\nsurface de plancher après travaux : 120 m²,\nlogements créés : 2,\n"
        "destination : Habitation : logement,"
    )
    assert said in body


def test_a_refusal_says_its_reasons(world: World) -> None:
    permit = world.file()
    act = begun(world, permit, "permit-refused", reasons=["le projet méconnaît l’article UA 11"])
    assert "Considérant que le projet méconnaît l’article UA 11," in act.body
    assert "[à compléter : motifs]" in begun(world, permit, "permit-refused").body


# -- certificates -----------------------------------------------------------------------------------------------------


def test_a_negative_operational_certificate_says_what_a_410_5_asks(world: World, on_day: Any) -> None:
    on_day(date(2026, 2, 2))
    permit = world.file(kind="CUb", description="Une maison")
    act = begun(world, permit, "permit-certificate-no", reasons=["le terrain n’est pas desservi"])
    assert act.title == "Certificat d’urbanisme opérationnel CU 045 901 26 00001 : opération non réalisable"
    for words in (
        "Le terrain **ne peut pas être utilisé** pour la réalisation de l’opération envisagée.",
        "Considérant que le terrain n’est pas desservi,",
        "## État des équipements publics existants ou prévus",
        "- Eau potable : ",
        "- Voirie : ",
        "## Droit de préemption",
        "Taxes d’urbanisme exigibles : ",
        "## Sursis à statuer",
        "tribunal administratif d’Orléans",
    ):
        assert words in act.body
    for wrong in ("accordé", "refusé", "L.600-12-2"):
        assert wrong not in act.body


@pytest.mark.parametrize(
    ("what", "refused"),
    [
        ("CUa", "permit-longer"),
        ("CUa", "permit-granted"),
        ("CUa", "permit-transmitted"),
        ("CUa", "permit-certificate-no"),
        ("CUb", "permit-certificate"),
        ("CUb", "permit-pieces"),
        ("PC", "permit-certificate"),
    ],
)
def test_a_letter_that_does_not_exist_for_a_kind_is_neither_offered_nor_begun(
    world: World, what: str, refused: str
) -> None:
    permit = world.file(kind=what)
    assert f'value="{refused}"' not in page(world, here(permit))
    with pytest.raises(Invalid):
        begun(world, permit, refused)


# -- pages ------------------------------------------------------------------------------------------------------------


def test_the_page_asks_who_signs_and_keeps_what_was_typed(world: World) -> None:
    permit = world.file()
    delegate(world)
    form = {"kind": "permit-refused", "reasons": "le projet méconnaît l’article UA 11", "signatory_id": ""}
    status, text = post(world, here(permit), form)
    assert status == 400
    assert "Choisissez qui signe" in text
    assert "le projet méconnaît l’article UA 11" in text


def test_the_page_of_a_draft_says_what_changed_and_takes_that_it_was_read_again(world: World) -> None:
    permit = world.file(description="Une grange")
    draft = begun(world, permit)
    with world.as_(INSTRUCTOR):
        Permit.objects.filter(pk=permit.pk).update(description="Deux granges")
    status, text = post(world, here(permit, draft), sent(draft, "final"))
    assert status == 409
    assert "Deux granges" in text
    assert READ_AGAIN in text
    status, _text = post(world, here(permit, draft), sent(draft, "final", reread="on"))
    assert status == 302


def test_nobody_says_that_they_read_again_what_has_not_changed(world: World) -> None:
    permit = world.file()
    draft = begun(world, permit)
    assert READ_AGAIN not in page(world, here(permit, draft))
    _status, text = post(world, here(permit, draft), sent(draft, "final", recipient=""))
    assert READ_AGAIN not in text


@pytest.mark.parametrize(
    ("kind", "outcome", "told"),
    [
        ("CUb", "granted", "Réalisable"),
        ("CUb", "refused", "Non réalisable"),
        ("CUa", "granted", "Délivré"),
        ("PC", "granted", "Accordé"),
    ],
)
def test_a_certificate_is_feasible_or_not_in_lists_and_in_the_api(
    world: World, on_day: Any, kind: str, outcome: str, told: str
) -> None:
    on_day(date(2026, 2, 2))
    permit = world.file(kind=kind)
    world.record(permit, "decided", date(2026, 2, 1), outcome=outcome)
    listed = world.client().get("/permis/?state=", headers={"accept": "text/html"}).content.decode()
    assert told in listed
    assert world.client().get(f"/api/v1/permits/{permit.number}/").json()["state_label"] == told
    assert told in page(world, f"/permis/{permit.number}/")
