"""An opinion asked by e-mail and answered by a link and a code, from the how-to alone."""

import re
from typing import Any

import pytest
from django.test import Client

from tests.page_forms import Forms, form_with
from tests.permits import mails
from tests.permits.truth.desk import HTML, Desk, words

ANSWER = {
    "do": ["answer"],
    "sense": ["with_prescriptions"],
    "prescription": ["Un poteau à moins de 200 m", "Une voie de 3 m"],
    "signatory": ["Commandant Durand"],
}


def ask(desk: Desk, number: str, body: str = "sdis", **given: str) -> Any:
    client, url = desk.client(), f"/permis/{number}/consultations/"
    sent = form_with(client.get(url, headers=HTML).content.decode(), "body", "asked")
    return client.post(url, sent | {"body": [body]} | {name: [value] for name, value in given.items()}, headers=HTML)


def asked_by_mail(desk: Desk, body: str = "sdis", kind: str = "PC", filed: str = "2026-10-20") -> str:
    """A file on 3 November 2026 of which an opinion was asked by e-mail."""
    desk.today("2026-11-03")
    number = desk.file(kind, filed)
    assert ask(desk, number, body, email="avis@example.org", mail="on").status_code == 302
    return number


def page(desk: Desk, number: str) -> str:
    return desk.page(f"/permis/{number}/consultations/")


def open_link(address: str) -> tuple[Client, str]:
    """A browser that opened the link of the mail, and the page that it led to."""
    browser = Client(raise_request_exception=False)
    answer = browser.get(address, headers=HTML)
    assert answer.status_code == 302
    return browser, str(answer.headers["location"])


def link() -> str:
    found = re.search(r"https?://[^/]+(/permis/avis/\S+)", str(mails.deliver()[-1].body))
    assert found
    return found[1]


def new_code(browser: Client, url: str) -> str:
    assert browser.post(f"{url}code/", {"do": "send"}, headers=HTML).status_code == 302
    found = re.search(r"\b\d{6}\b|\b\d{3} \d{3}\b", str(mails.deliver()[-1].body).split("PC 045")[-1])
    found = found or re.search(r"\b\d{6}\b", str(mails.deliver()[-1].body))
    assert found
    return found[0]


def enter(browser: Client, url: str, code: str) -> Any:
    return browser.post(f"{url}code/", {"code": code}, headers=HTML)


def opened(desk: Desk, **given: str) -> tuple[str, Client, str]:
    """A file, and a browser of the body that may answer about it."""
    number = asked_by_mail(desk, **given)
    browser, url = open_link(link())
    assert enter(browser, url, new_code(browser, url)).status_code == 302
    return number, browser, url


def answer(browser: Client, url: str) -> None:
    sent = form_with(browser.get(url, headers=HTML).content.decode(), "prescription", "signatory")
    done = browser.post(url, sent | ANSWER, headers=HTML)
    assert done.status_code == 302, words(done.content.decode())


def test_the_mail_never_names_the_applicant(desk: Desk) -> None:
    asked_by_mail(desk)
    body = str(mails.deliver()[-1].body)
    assert "PC 045 901 26 00001" in body
    assert "Lorris" in body
    assert "3 novembre 2026" in body
    assert "Martin" not in body
    assert "Lilas" not in body


def test_sent_is_said_only_once_it_was_sent(desk: Desk) -> None:
    number = asked_by_mail(desk)
    assert "courriel envoyé" not in page(desk, number)
    mails.deliver()
    assert "courriel envoyé le 3 novembre 2026" in page(desk, number)


@pytest.mark.parametrize(
    ("body", "kind", "filed", "received", "due"),
    [
        ("sdis", "PC", "2026-10-20", "2026-10-31", "30 novembre 2026"),  # R.423-59: a month
        ("sdis", "DP", "2026-10-20", "2026-11-02", "2 décembre 2026"),
        ("abf", "DP", "2026-10-20", "2026-10-31", "30 novembre 2026"),
    ],
)
def test_a_body_has_a_month_from_the_day_it_received(
    desk: Desk, body: str, kind: str, filed: str, received: str, due: str
) -> None:
    desk.today("2026-11-03")
    number = desk.file(kind, filed)
    assert ask(desk, number, body, asked="2026-10-30", received=received).status_code == 302
    assert due in page(desk, number)


def test_silence_is_a_tacit_opinion_from_the_day_after(desk: Desk) -> None:
    desk.today("2026-11-30")
    number = desk.file("PC", "2026-10-20")
    ask(desk, number, "sdis", asked="2026-10-30", received="2026-10-31")
    assert "tacite" not in page(desk, number).lower()
    desk.today("2026-12-01")
    assert "tacite" in page(desk, number).lower()


def test_an_opinion_received_before_it_was_asked_is_refused(desk: Desk) -> None:
    desk.today("2026-11-03")
    number = desk.file("PC", "2026-10-20")
    assert ask(desk, number, asked="2026-10-30", received="2026-10-29").status_code == 400
    assert ask(desk, number, asked="2026-11-04").status_code == 400  # tomorrow


def test_the_link_alone_opens_nothing(desk: Desk) -> None:
    asked_by_mail(desk)
    browser, url = open_link(link())
    shown = words(browser.get(url, headers=HTML).content.decode())
    assert "code" in shown.lower()
    assert not any(
        "prescription" in sent for _url, sent in Forms(browser.get(url, headers=HTML).content.decode()).found
    )
    assert browser.post(url, ANSWER, headers=HTML).status_code in (302, 400, 403)


def test_a_browser_that_never_opened_the_link_sees_nothing(desk: Desk) -> None:
    _number, _browser, url = opened(desk)
    other = Client(raise_request_exception=False)
    assert other.get(url, headers=HTML).status_code in (302, 403, 404)


def test_a_false_link_is_refused(desk: Desk) -> None:
    asked_by_mail(desk)
    address = link()
    wrong = address[:-3] + ("AA/" if not address.endswith("AA/") else "BB/")
    assert Client(raise_request_exception=False).get(wrong, headers=HTML).status_code in (403, 404, 410)


def test_five_wrong_codes_close_the_right_one(desk: Desk) -> None:
    asked_by_mail(desk)
    browser, url = open_link(link())
    code = new_code(browser, url)
    wrong = "000000" if code.replace(" ", "") != "000000" else "111111"
    for _ in range(5):
        assert enter(browser, url, wrong).status_code == 400
    assert enter(browser, url, code).status_code == 400


def test_an_answer_is_received_and_counts_for_nothing_yet(desk: Desk) -> None:
    number, browser, url = opened(desk)
    answer(browser, url)
    shown = page(desk, number).lower()
    assert "reçue" in shown or "reçu" in shown
    assert "réponse attendue" in shown
    body = desk.draft(desk.begin(number, "permit-granted-with"))["body"][0]
    assert "poteau" not in body


def settle(desk: Desk, number: str, do: str, **given: str) -> None:
    client = desk.client()
    shown = client.get(f"/permis/{number}/consultations/", headers=HTML).content.decode()
    forms = [(url, sent) for url, sent in Forms(shown).found if "/reponses/" in url and sent.get("do", [""])[0] == do]
    assert forms, [url for url, _sent in Forms(shown).found]
    url, sent = forms[0]
    done = client.post(url, sent | {name: [value] for name, value in given.items()}, headers=HTML)
    assert done.status_code == 302, words(done.content.decode())


def test_an_answer_taken_over_is_the_opinion_of_the_day_it_came(desk: Desk) -> None:
    number, browser, url = opened(desk)
    answer(browser, url)
    desk.today("2026-11-20")
    settle(desk, number, "take")
    assert "3 novembre 2026" in page(desk, number)
    body = desk.draft(desk.begin(number, "permit-granted-with"))["body"][0]
    assert "poteau" in body
    assert "voie de 3 m" in body
    assert "3 novembre 2026" in body


def test_an_answer_of_the_architect_taken_over_makes_silence_refuse(desk: Desk) -> None:
    number, browser, url = opened(desk, body="abf")
    assert desk.clock(number)["silence"] == "granted"
    answer(browser, url)
    assert desk.clock(number)["silence"] == "granted"
    settle(desk, number, "take")
    assert desk.clock(number)["silence"] == "refused"


def test_the_link_ends_thirty_days_after_the_last_day(desk: Desk) -> None:
    asked_by_mail(desk)  # a month: 3 December; thirty days: 2 January
    address = link()
    desk.today("2027-01-02")
    open_link(address)
    desk.today("2027-01-03")
    answer = Client(raise_request_exception=False).get(address, headers=HTML)
    shown = answer if answer.status_code != 302 else Client().get(answer.headers["location"], headers=HTML)
    assert shown.status_code in (403, 404, 410)


# The mayor's opinion


def test_the_town_hall_gives_the_mayor_s_opinion_with_its_prescriptions(desk: Desk) -> None:
    desk.today("2026-11-03")
    number = desk.file("PC", "2026-10-20")
    ask(desk, number, "town_hall")
    town_hall, url = desk.client("town_hall"), f"/permis/{number}/consultations/"
    found = [
        (place, sent)
        for place, sent in Forms(town_hall.get(url, headers=HTML).content.decode()).found
        if "opinion" in sent
    ]
    assert found
    place, sent = found[0]
    given = {"opinion": ["with_prescriptions"], "prescriptions": ["Un crépi ton pierre"]}
    assert town_hall.post(place or url, sent | given, headers=HTML).status_code == 302
    assert "Un crépi ton pierre" in desk.draft(desk.begin(number, "permit-granted-with"))["body"][0]


def test_the_town_hall_gives_no_other_body_s_opinion(desk: Desk) -> None:
    desk.today("2026-11-03")
    number = desk.file("PC", "2026-10-20")
    ask(desk, number, "sdis")
    shown = desk.client("town_hall").get(f"/permis/{number}/consultations/", headers=HTML).content.decode()
    assert not any("opinion" in sent for _url, sent in Forms(shown).found)
    place = re.search(
        rf"/permis/{number}/consultations/\d+/",
        desk.client().get(f"/permis/{number}/consultations/", headers=HTML).content.decode(),
    )
    assert place
    sent = {"do": "answer", "opinion": "favourable", "answered": "2026-11-03"}
    assert desk.client("town_hall").post(place[0], sent, headers=HTML).status_code in (403, 404)
