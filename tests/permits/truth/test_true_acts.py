"""What an act says, and what refuses it: read in its PDF, as whoever signs it reads it."""

import re
from typing import Any

import pytest

from tests import factories
from tests.page_forms import form_with
from tests.permits import grounds
from tests.permits.truth.desk import HTML, Desk, words


def set_mayor(desk: Desk, signatory: dict[str, str] | None = None, **authority: str) -> None:
    """Change the member's only authority, or its only signatory, at the settings' pages."""
    client, home = desk.client("gis_administrator"), f"/permis/reglages/{desk.world.member.slug}/autorites/"
    place = re.search(rf"{home}\d+/", client.get(home, headers=HTML).content.decode())
    assert place
    if signatory:
        place = re.search(rf"{home}\d+/signataires/\d+/", client.get(place[0], headers=HTML).content.decode())
        assert place
    sent = form_with(client.get(place[0], headers=HTML).content.decode(), "since_date")
    answer = client.post(place[0], sent | {name: [value] for name, value in (signatory or authority).items()})
    assert answer.status_code == 302, words(answer.content.decode())


def add_signatory(desk: Desk, **given: str) -> None:
    client, home = desk.client("gis_administrator"), f"/permis/reglages/{desk.world.member.slug}/autorites/"
    place = re.search(rf"{home}\d+/", client.get(home, headers=HTML).content.decode())
    assert place
    url = f"{place[0]}signataires/"
    sent = form_with(client.get(url, headers=HTML).content.decode(), "since_date")
    answer = client.post(url, sent | {name: [value] for name, value in given.items()})
    assert answer.status_code == 302, words(answer.content.decode())


DEPUTY = {
    "first_name": "Paul",
    "last_name": "Renard",
    "quality": "L’adjoint à l’urbanisme",
    "delegation": "l’arrêté n° 2024-12 du 3 mars 2024 portant délégation de fonctions et de signature",
    "since_date": "2024-03-03",
}


def fill(body: str) -> str:
    """A draft whose every place is completed and confirmed."""
    body = re.sub(r"\\?\[à confirmer[^\]]*\\?\]", "", body)
    return re.sub(r"\\?\[à compléter[^\]]*\\?\]", "néant", body)


def permit(desk: Desk, day: str = "2026-11-20", filed: str = "2026-10-05", kind: str = "PC", **given: Any) -> str:
    desk.today(day)
    return desk.file(kind, filed, **{"address": "3 rue des Lilas", "description": "Un garage de 30 m²"} | given)


def test_a_granted_permit_names_what_it_decides_and_who_signs(desk: Desk) -> None:
    text = desk.number_act(desk.begin(permit(desk), "permit-granted"))
    for said in (
        "PC 045 901 26 00001",
        "Jeanne Martin",
        "1 rue des Lilas",
        "3 rue des Lilas",
        "AB 1",
        "Un garage de 30 m²",
        "déposée le 5 octobre 2026",
        "Commune de Lorris",
        "au nom de la commune",
        "Lorris, le 20 novembre 2026",
        "La maire",
        "Jeanne Dupuis",
        "tribunal administratif d'Orléans",
        "est accordé",
    ):
        assert said in text


@pytest.mark.parametrize(
    "kind", ["permit-granted", "permit-refused", "permit-receipt", "permit-pieces", "permit-longer"]
)
def test_no_letter_prints_a_raw_field(desk: Desk, kind: str) -> None:
    letter = desk.begin(permit(desk), kind, reasons="Article UB 7", pieces="PC4 Notice", grounds=["commission"])
    text = desk.pdf(letter)
    assert "{{" not in text
    assert "}}" not in text
    assert "None" not in text


@pytest.mark.parametrize(
    ("day", "said", "unsaid"),
    [
        ("2025-11-27", "prolonge le délai du recours contentieux", "L.600-12-2"),
        ("2025-11-28", "L.600-12-2", "cette démarche prolonge"),
        ("2026-11-20", "dans un délai d'un mois", "cette démarche prolonge"),
    ],
)
def test_remedies_follow_the_day_of_the_decision(desk: Desk, day: str, said: str, unsaid: str) -> None:
    filed = f"{day[:4]}-10-05"
    text = desk.number_act(desk.begin(permit(desk, day, filed), "permit-granted"))
    assert said in text
    assert unsaid not in text
    assert "deux mois" in text


def test_an_act_begun_the_day_before_the_law_changed_is_not_numbered_after(desk: Desk) -> None:
    letter = desk.begin(permit(desk, "2025-11-27", "2025-10-05"), "permit-granted")
    desk.today("2025-11-28")
    assert "recours" in desk.refuse_number(letter)
    assert "ADS-" not in desk.page(f"{letter}")


def test_a_refusal_gives_its_reasons(desk: Desk) -> None:
    reasons = "le recul de 2 m méconnaît l’article UB 7\r\nl’accès de 2,5 m méconnaît l’article UB 3"
    text = desk.number_act(desk.begin(permit(desk), "permit-refused", reasons=reasons))
    assert "l'article UB 7" in text
    assert "l'article UB 3" in text
    assert "est refusé" in text
    assert "Affichage" not in text
    assert "trois ans" not in text


def test_a_refusal_without_reasons_is_not_numbered(desk: Desk) -> None:
    assert "compléter" in desk.refuse_number(desk.begin(permit(desk), "permit-refused"))


def test_an_act_with_an_empty_place_is_not_numbered(desk: Desk) -> None:
    assert "compléter" in desk.refuse_number(desk.begin(permit(desk), "permit-granted-with"))


def test_an_act_without_remedies_is_not_numbered(desk: Desk) -> None:
    letter = desk.begin(permit(desk), "permit-granted")
    body = desk.draft(letter)["body"][0]
    before, after = body.split("## Voies et délais de recours")
    cut = before + "## À lire attentivement" + after.split("## À lire attentivement")[1]
    assert "recours" in desk.refuse_number(letter, body=cut)


def test_an_unconfirmed_sentence_is_not_numbered(desk: Desk) -> None:
    letter = desk.begin(permit(desk, kind="CUa"), "permit-certificate")
    body = re.sub(r"\\?\[à compléter[^\]]*\\?\]", "néant", desk.draft(letter)["body"][0])
    assert "confirmer" in desk.refuse_number(letter, body=body)


def test_a_certificate_with_only_a_tax_left_to_write_is_not_numbered(desk: Desk) -> None:
    letter = desk.begin(permit(desk, kind="CUa"), "permit-certificate")
    body = fill(desk.draft(letter)["body"][0]) + "\r\n\r\nTaxes : \\[à compléter : Taxes d’urbanisme exigibles\\]"
    assert "compléter" in desk.refuse_number(letter, body=body)


# Who decides and signs


def begun(desk: Desk, number: str, **given: Any) -> Any:
    client, url = desk.client(), f"/permis/{number}/courriers/"
    sent = form_with(client.get(url, headers=HTML).content.decode(), "kind", "reasons")
    return client.post(url, sent | {"kind": ["permit-granted"]} | given, headers=HTML)


def test_a_delegation_that_ended_yesterday_signs_nothing(desk: Desk) -> None:
    number = permit(desk)
    set_mayor(desk, {"until_date": "2026-11-19"})
    answer = begun(desk, number)
    assert answer.status_code == 400
    assert "sign" in words(answer.content.decode())


def test_a_signatory_of_whom_today_is_the_last_day_still_signs(desk: Desk) -> None:
    number = permit(desk)
    set_mayor(desk, {"until_date": "2026-11-20"})
    assert "Jeanne Dupuis" in desk.number_act(desk.begin(number, "permit-granted"))


def test_an_act_begun_while_the_delegation_held_is_not_numbered_after_its_end(desk: Desk) -> None:
    number = permit(desk)
    letter = desk.begin(number, "permit-granted")
    set_mayor(desk, {"until_date": "2026-11-20"})
    desk.today("2026-11-21")
    assert "sign" in desk.refuse_number(letter, reread="on")
    assert "Définitif depuis" not in desk.page(letter)


def test_of_two_signatories_one_is_chosen(desk: Desk) -> None:
    number = permit(desk)
    add_signatory(desk, **DEPUTY)
    assert begun(desk, number, signatory_id=[""]).status_code == 400


def test_a_deputy_signs_by_delegation_and_the_act_names_it(desk: Desk) -> None:
    number = permit(desk)
    add_signatory(desk, **DEPUTY)
    page = desk.client().get(f"/permis/{number}/courriers/", headers=HTML).content.decode()
    choice = re.search(r'<option value="(\d+)"[^>]*>[^<]*Paul Renard', page)
    assert choice
    text = desk.number_act(desk.begin(number, "permit-granted", signatory_id=[choice[1]]))
    assert "Paul Renard" in text
    assert "L'adjoint à l'urbanisme" in text
    assert "2024-12 du 3 mars 2024" in text
    assert "Jeanne Dupuis" not in text


def test_a_signature_that_names_somebody_else_is_refused(desk: Desk) -> None:
    letter = desk.begin(permit(desk), "permit-granted")
    assert "Jeanne Dupuis" in desk.refuse_number(letter, signatory="Le maire,\r\nPaul Autre")


def test_nobody_written_to_decide_begins_no_act(desk: Desk) -> None:
    number = permit(desk)
    set_mayor(desk, until_date="2026-11-19")
    assert begun(desk, number).status_code == 400


def test_an_act_of_the_state_is_not_made_enforceable_by_transmission(desk: Desk) -> None:
    number = permit(desk)
    set_mayor(desk, quality="mayor_state")
    text = desk.number_act(desk.begin(number, "permit-granted"))
    assert "au nom de l'État" in text
    assert "au nom de la commune" not in text
    assert "transmission au préfet" not in text


def test_the_president_decides_in_the_name_of_the_epci(desk: Desk) -> None:
    number = permit(desk)
    set_mayor(desk, quality="president", name="Communauté de communes des Lilas")
    text = desk.number_act(desk.begin(number, "permit-granted"))
    assert "Le président" in text
    assert "Communauté de communes des Lilas" in text
    assert "Le maire" not in text


def test_the_visas_of_an_authority_are_printed(desk: Desk) -> None:
    number = permit(desk)
    set_mayor(desk, visas="le code général des collectivités territoriales\r\nla délibération du 3 juin 2021")
    text = desk.number_act(desk.begin(number, "permit-granted"))
    assert "Vu le code général des collectivités territoriales" in text
    assert "Vu la délibération du 3 juin 2021" in text


# What the file knows


def opinion(desk: Desk, number: str, body: str, **given: str) -> None:
    client, url = desk.client(), f"/permis/{number}/consultations/"
    sent = form_with(client.get(url, headers=HTML).content.decode(), "body", "asked")
    answer = client.post(url, sent | {"body": [body], "asked": ["2026-10-10"]}, headers=HTML)
    assert answer.status_code == 302, words(answer.content.decode())
    listed = client.get(url, headers=HTML).content.decode()
    place = max(re.findall(rf"{url}\d+/", listed), key=len)
    sent = form_with(listed, "opinion", "answered")
    answer = client.post(place, sent | {name: [value] for name, value in given.items()}, headers=HTML)
    assert answer.status_code == 302, words(answer.content.decode())


SDIS = {
    "opinion": "with_prescriptions",
    "answered": "2026-11-05",
    "prescriptions": "Un poteau d’incendie à moins de 200 m\r\n\r\nUne voie de 3 m de large",
}


def test_each_prescription_of_an_opinion_is_carried_over(desk: Desk) -> None:
    number = permit(desk)
    opinion(desk, number, "sdis", **SDIS)
    letter = desk.begin(number, "permit-granted-with")
    body = desk.draft(letter)["body"][0]
    assert re.search(r"^- .*poteau d’incendie", body, re.MULTILINE)
    assert re.search(r"^- .*voie de 3 m", body, re.MULTILINE)
    text = desk.number_act(letter)
    assert "poteau d'incendie à moins de 200 m" in text
    assert "voie de 3 m de large" in text
    assert "incendie et de secours" in text
    assert "5 novembre 2026" in text


def test_one_prescription_is_edited_without_the_others(desk: Desk) -> None:
    number = permit(desk)
    opinion(desk, number, "sdis", **SDIS)
    letter = desk.begin(number, "permit-granted-with")
    body = desk.draft(letter)["body"][0].replace("Une voie de 3 m de large", "Une voie de 4 m de large")
    text = desk.number_act(letter, body=body)
    assert "200 m" in text
    assert "voie de 4 m" in text
    assert "voie de 3 m" not in text


def test_an_unfavourable_opinion_is_named_with_its_sense(desk: Desk) -> None:
    number = permit(desk)
    opinion(desk, number, "roads", opinion="unfavourable", answered="2026-11-04")
    text = desk.number_act(desk.begin(number, "permit-refused", reasons="accès dangereux"))
    assert "4 novembre 2026" in text
    assert "défavorable" in text


def test_an_easement_of_the_land_is_named(desk: Desk) -> None:
    grounds.easement("AC1", name="Église Saint-Martin")
    text = desk.number_act(desk.begin(permit(desk), "permit-granted"))
    assert "AC1" in text
    assert "Église Saint-Martin" in text


def test_a_file_that_changed_meanwhile_is_read_again(desk: Desk) -> None:
    number = permit(desk)
    letter = desk.begin(number, "permit-granted")
    client, url = desk.client(), f"/api/v1/permits/{number}/"
    etag = client.get(url).headers["etag"]
    changed = client.patch(
        url, {"address": "5 rue des Roses"}, content_type="application/json", headers={"if-match": etag}
    )
    assert changed.status_code == 200
    assert "5 rue des Roses" in desk.refuse_number(letter)
    body = desk.draft(letter)["body"][0].replace("3 rue des Lilas", "5 rue des Roses")
    assert "5 rue des Roses" in desk.number_act(letter, body=body, reread="on")


def test_a_final_act_is_changed_no_more(desk: Desk) -> None:
    letter = desk.begin(permit(desk), "permit-granted")
    sent = desk.draft(letter)
    before = desk.number_act(letter)
    answer = desk.client().post(letter, sent | {"action": ["save"], "body": ["Autre chose"]}, headers=HTML)
    assert answer.status_code in (302, 400, 403, 404, 405, 409)
    assert desk.pdf(letter) == before


def test_numbers_have_no_gap(desk: Desk) -> None:
    number = permit(desk)
    refused = desk.begin(number, "permit-granted-with")
    desk.refuse_number(refused)
    first, second = (desk.number_act(desk.begin(number, "permit-receipt")) for _ in range(2))
    assert "ADS-2026-000001" in first
    assert "ADS-2026-000002" in second


# Changes of a permit


@pytest.mark.parametrize(("change", "said"), [("M", "modifi"), ("T", "transf")])
def test_the_act_of_a_change_says_what_it_is_and_keeps_the_validity(desk: Desk, change: str, said: str) -> None:
    parent = desk.file("PC", "2024-11-20")
    desk.decide(parent, "2025-01-15", signed="2025-01-13")
    number = permit(desk, parent=parent, change=change)
    text = desk.number_act(desk.begin(number, "permit-granted"))
    assert said in text.lower()
    assert "13 janvier 2025" in text or "15 janvier 2025" in text
    assert "ne modifie pas la durée de validité" in text
    assert "trois ans" not in text


# Letters of the delays


def test_the_receipt_announces_the_longer_delay_of_a_monument(desk: Desk) -> None:
    grounds.easement("AC1")
    text = desk.pdf(desk.begin(permit(desk, "2026-10-06"), "permit-receipt"))
    assert "3 mois" in text
    assert "4 mois" in text
    assert "5 janvier 2027" in text
    assert "5 février 2027" in text


def test_the_receipt_of_a_certificate_announces_no_longer_delay(desk: Desk) -> None:
    grounds.easement("AC1")
    text = desk.pdf(desk.begin(permit(desk, "2026-10-06", kind="CUb"), "permit-receipt"))
    assert "2 mois" in text
    assert "3 mois" not in text
    assert "majoré" not in text


def test_a_letter_of_a_longer_delay_gives_its_reason_and_its_day(desk: Desk) -> None:
    number = permit(desk, "2026-10-20", kind="PCMI")
    text = desk.pdf(desk.begin(number, "permit-longer", grounds=["protected_surroundings"]))
    assert "2 mois" in text
    assert "3 mois" in text
    assert "R.423-24" in text
    assert "5 janvier 2027" in text


def test_a_letter_of_missing_pieces_lists_each_and_warns_of_the_rejection(desk: Desk) -> None:
    letter = desk.begin(permit(desk, "2026-10-20"), "permit-pieces", pieces="PC4 Notice\r\nPC6 Insertion")
    text = desk.pdf(letter)
    assert "PC4 Notice" in text
    assert "PC6 Insertion" in text
    assert "3 mois" in text
    assert "rejet" in text
    assert "R.423-39" in text


def test_a_declaration_without_its_pieces_is_warned_of_an_opposition(desk: Desk) -> None:
    text = desk.pdf(desk.begin(permit(desk, "2026-10-20", kind="DP"), "permit-pieces", pieces="DP2 Plan"))
    assert "opposition" in text


def test_a_declaration_is_not_opposed_never_granted(desk: Desk) -> None:
    text = desk.number_act(desk.begin(permit(desk, kind="DP", filed="2026-11-01"), "permit-granted"))
    assert "opposition" in text
    assert "est accordé" not in text
    assert "permis de construire" not in text.lower()


# Certificates


def test_a_negative_certificate_says_that_the_land_cannot_be_used_and_the_equipment(desk: Desk) -> None:
    letter = desk.begin(permit(desk, kind="CUb"), "permit-certificate-no", reasons="terrain non desservi par l’eau")
    text = desk.number_act(letter, body=fill(desk.draft(letter)["body"][0]))
    for said in ("ne peut pas être utilisé", "équipements publics", "Eau potable", "Assainissement", "lectricité"):
        assert said in text
    for said in ("Voirie", "terrain non desservi par l'eau", "préemption", "Taxes", "tribunal administratif"):
        assert said in text
    assert "accordé" not in text
    assert "refusé" not in text


def test_a_positive_certificate_says_the_state_of_public_equipment_too(desk: Desk) -> None:
    letter = desk.begin(permit(desk, kind="CUb"), "permit-certificate-yes")
    text = desk.number_act(letter, body=fill(desk.draft(letter)["body"][0]))
    assert "peut être utilisé" in text
    assert "équipements publics" in text
    assert "dix-huit mois" in text


def test_a_negative_certificate_without_reasons_is_not_numbered(desk: Desk) -> None:
    letter = desk.begin(permit(desk, kind="CUb"), "permit-certificate-no")
    body = desk.draft(letter)["body"][0]
    assert "[à compléter" in body.split("# CERTIFIE")[0]


def test_an_operational_letter_does_not_exist_for_an_information_certificate(desk: Desk) -> None:
    number = permit(desk, kind="CUa")
    assert begun(desk, number, kind=["permit-certificate-no"]).status_code == 400
    assert begun(desk, number, kind=["permit-granted"]).status_code == 400


# Withdrawals


def test_the_act_of_a_withdrawal_knows_the_tacit_decision_and_the_hearing(desk: Desk) -> None:
    number = permit(desk, filed="2026-06-10")  # tacit on 11 September 2026
    desk.record(number, "revoke_announced", "2026-10-12", remarks_by="2026-10-27")
    body = desk.draft(desk.begin(number, "permit-withdrawn", reasons="l’article UB 7 est méconnu"))["body"][0]
    assert "11 septembre 2026" in body
    assert "12 octobre 2026" in body


def test_the_letter_before_a_withdrawal_names_the_decision_and_the_right_to_answer(desk: Desk) -> None:
    number = permit(desk, filed="2026-06-10")
    text = desk.pdf(desk.begin(number, "permit-withdrawal-hearing", reasons="l’article UB 7 est méconnu"))
    assert "L.121-1" in text
    assert "L.122-1" in text
    assert "observations" in text
    assert "UB 7" in text
    assert "11 septembre 2026" in text


# Notification prefilled


def test_the_notification_is_prefilled_from_the_act(desk: Desk) -> None:
    number = permit(desk)
    letter = desk.begin(number, "permit-granted")
    desk.number_act(letter)
    link = re.search(
        r'href="([^"]*evenements/decided/[^"]*)"', desk.client().get(letter, headers=HTML).content.decode()
    )
    assert link
    sent = form_with(desk.client().get(link[1], headers=HTML).content.decode(), "outcome")
    assert (sent["outcome"], sent["reference"], sent["signed"]) == (["granted"], ["ADS-2026-000001"], ["2026-11-20"])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Les Bordes", "Le maire des Bordes"),
        ("Le Malesherbois", "Le maire du Malesherbois"),
        ("Ormes", "Le maire d'Ormes"),
    ],
)
def test_the_author_is_named_in_french(desk: Desk, name: str, said: str) -> None:
    with factories.as_owner():
        desk.world.commune.name = name
        desk.world.commune.save()
    assert said in desk.pdf(desk.begin(permit(desk), "permit-granted"))
