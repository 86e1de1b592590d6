"""The editor of a letter in a real browser: what is typed becomes the markup of its field, and is shown at once."""

from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import Demo, to_another_page
from tests.browser.test_letters import number, pytestmark, sound

__all__ = ["number", "pytestmark"]


def test_a_letter_is_typed_as_on_the_page(context: BrowserContext, demo: Demo, number: str) -> None:
    page = context.new_page()
    page.goto(f"{demo.url}/permis/{number}/courriers/")
    page.get_by_label("Courrier", exact=True).select_option("permit-receipt")
    page.get_by_role("button", name="Commencer").click()
    editor, field = page.get_by_role("textbox", name="Texte"), page.locator("textarea[name=body]")
    expect(editor).to_be_visible()
    expect(field).to_be_hidden()
    sound(page)
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.type("Bonjour ")
    page.keyboard.press("Control+b")
    page.keyboard.type("Madame")
    page.keyboard.press("Control+b")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Liste").click()
    page.keyboard.type("un * deux")
    page.keyboard.press("Enter")
    page.keyboard.type("trois")
    expect(field).to_have_value("Bonjour **Madame**\n\n- un \\* deux\n- trois")
    expect(page.locator(".sheet li").first).to_have_text("un * deux")
    # What is typed is shown before, too.
    with to_another_page(page):
        page.get_by_role("button", name="Enregistrer le projet").click()
    expect(editor.locator("strong")).to_have_text("Madame")
    page.get_by_role("button", name="Écrire avec les signes").click()
    expect(field).to_be_visible()
    expect(field).to_have_value("Bonjour **Madame**\n\n- un \\* deux\n- trois")
