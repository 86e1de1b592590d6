"""Consultations in a real browser: an instructor asks whom the ground suggests, and records the answer."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.axe import serious, wider_by
from tests.browser.conftest import Demo, arpent, to_another_page

pytestmark = pytest.mark.browser
# A file on a parcel in the surroundings of a church, filed by the instructor of the Lys.
FILED = """
from datetime import timedelta
from django.db import connection, transaction
from gis_core.models import User
from gis_core.members.rights import acting_as, rights_of
from permits.services.filing import Filing, file_permit
from gis_core.database.clock import today
user = User.objects.get(username="instruction.lys")
with acting_as(rights_of(user)), transaction.atomic(), connection.cursor() as cursor:
    cursor.execute("select p.idu from cadastre_parcel p join planning_easementfootprint f on st_covers(f.geom, p.geom) "
                   "where p.insee = '45902' order by p.idu limit 1")
    (idu,) = cursor.fetchone()
    filing = Filing(kind="PD", insee="45902", filed_date=today() - timedelta(days=3), parcels=[idu],
                    number=f"PD 045 902 {today() - timedelta(days=3):%y} NUMBER")
    print("filed", file_permit(filing, rights_of(user)).permit.number)
"""


def opened(context: BrowserContext, demo: Demo, number: str) -> Page:
    page = context.new_page()
    code = FILED.replace("NUMBER", number)
    found = re.search(r"filed (\w+)", arpent("manage", "--data", str(demo.data), "shell", "-c", code))
    assert found
    page.goto(f"{demo.url}/permis/{found[1]}/consultations/")
    return page


def test_a_suggestion_is_asked_and_its_answer_recorded(
    context: BrowserContext, demo: Demo, request: pytest.FixtureRequest
) -> None:
    number = "Z0001" if "desk" in request.node.name else "Z0002"
    page = opened(context, demo, number)
    expect(page.get_by_text("Aucun avis n’a été demandé.")).to_be_visible()
    card = page.locator(".suggestion").filter(has_text="Architecte")
    expect(card).to_contain_text("AC1")
    expect(card).to_contain_text("100 %")
    assert serious(page) == []
    card.get_by_role("link", name=re.compile("Demander cet avis")).click()
    expect(page.get_by_label("Organisme", exact=True)).to_have_value("abf")
    page.get_by_role("button", name="Enregistrer la demande").click()
    expect(page.get_by_role("status")).to_contain_text("La demande est enregistrée.")
    asked = page.locator(".consultation")
    expect(asked).to_contain_text("Réponse attendue jusqu’au")
    expect(asked).to_contain_text("2 mois (R.423-67)")
    assert wider_by(page) <= 0
    asked.get_by_text("Enregistrer l’avis").first.click()
    asked.get_by_label("Avis", exact=True).select_option("unfavourable")
    # The list of the form has the word, too: what is looked at is the page that follows.
    with to_another_page(page):
        asked.get_by_role("button", name="Enregistrer l’avis").click()
    expect(page.locator(".consultation")).to_contain_text("défavorable")
    assert serious(page) == []


def test_a_calendar_address_is_shown_once_and_serves_a_calendar(context: BrowserContext, demo: Demo) -> None:
    page = context.new_page()
    page.goto(f"{demo.url}/permis/rappels/")
    page.get_by_role("button", name=re.compile("Faire une")).click()
    address = page.locator(".secret code").inner_text()
    assert serious(page) == []
    assert wider_by(page) <= 0
    answer = page.request.get(address)
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.text().startswith("BEGIN:VCALENDAR\r\n")
    page.goto(f"{demo.url}/permis/rappels/")
    expect(page.locator(".secret")).to_have_count(0)
