"""A desk driven from outside: files and events by HTTP, days in Paris, the text of a PDF."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

import pypdfium2
from django.test import Client

from tests.page_forms import form_with
from tests.permits.conftest import World

HTML = {"accept": "text/html"}


@dataclass
class Desk:
    """What somebody does at a member's desk; `number` is a file's national number, days are ISO strings."""

    world: World
    on_day: Any
    who: str = "permit_instructor"

    def today(self, day: str) -> None:
        self.on_day(date.fromisoformat(day))

    def client(self, who: str = "") -> Client:
        return self.world.client(who or self.who)

    def file(self, kind: str, filed: str, **given: Any) -> str:
        applicant = {"name": "Jeanne Martin", "address": "1 rue des Lilas\n45260 Lorris"}
        sent = {
            "kind": kind,
            "insee": "45901",
            "filed_date": filed,
            "parcels": ["AB 1"],
            "applicant": applicant,
        } | given
        answer = self.client().post("/api/v1/permits/", sent, content_type="application/json")
        assert answer.status_code == 201, answer.content.decode()
        return str(answer.json()["number"])

    def try_record(self, number: str, what: str, on: str | None, who: str = "", **detail: Any) -> Any:
        sent = {"what": what, "on": on, "detail": detail}
        return self.client(who).post(f"/api/v1/permits/{number}/events/", sent, content_type="application/json")

    def record(self, number: str, what: str, on: str | None = None, **detail: Any) -> int:
        answer = self.try_record(number, what, on, **detail)
        assert answer.status_code == 201, answer.content.decode()
        return int(answer.json()["id"])

    def decide(self, number: str, on: str, outcome: str = "granted", **detail: Any) -> int:
        return self.record(number, "decided", on, outcome=outcome, **{"signed": on} | detail)

    def clock(self, number: str) -> dict[str, Any]:
        answer = self.client().get(f"/api/v1/permits/{number}/timeline")
        assert answer.status_code == 200
        return dict(answer.json())

    def step(self, number: str, event: int) -> dict[str, Any]:
        """The step of the timeline that an event made."""
        return next(dict(step) for step in self.clock(number)["steps"] if step["event"] == event)

    def permit(self, number: str) -> dict[str, Any]:
        return dict(self.client().get(f"/api/v1/permits/{number}/").json())

    def state(self, number: str) -> tuple[str, bool]:
        found = self.permit(number)
        return found["state"], found["tacit"]

    def page(self, url: str, who: str = "") -> str:
        answer = self.client(who).get(url, headers=HTML)
        assert answer.status_code == 200, (url, answer.status_code)
        return words(answer.content.decode())

    def file_page(self, number: str, who: str = "") -> str:
        return self.page(f"/permis/{number}/", who)

    def begin(self, number: str, kind: str, who: str = "", **given: Any) -> str:
        """The address of a letter begun; the page's own choices where nothing is given."""
        client, url = self.client(who), f"/permis/{number}/courriers/"
        sent = form_with(client.get(url, headers=HTML).content.decode(), "kind", "reasons")
        answer = client.post(url, sent | {"kind": [kind]} | given, headers=HTML)
        assert answer.status_code == 302, words(answer.content.decode())
        return str(answer.headers["location"])

    def draft(self, letter: str) -> dict[str, list[str]]:
        return form_with(self.client().get(letter, headers=HTML).content.decode(), "body")

    def submit(self, letter: str, action: str, **changed: str) -> Any:
        sent = self.draft(letter) | {"action": [action]} | {name: [value] for name, value in changed.items()}
        return self.client().post(letter, sent, headers=HTML)

    def number_act(self, letter: str, **changed: str) -> str:
        """The text of the PDF of an act that was numbered."""
        answer = self.submit(letter, "final", **changed)
        assert answer.status_code == 302, words(answer.content.decode())
        return self.pdf(letter)

    def refuse_number(self, letter: str, **changed: str) -> str:
        """The words that refuse to number an act."""
        answer = self.submit(letter, "final", **changed)
        assert answer.status_code in (200, 400, 409, 412, 422), answer.status_code
        return words(answer.content.decode())

    def pdf(self, letter: str, who: str = "") -> str:
        answer = self.client(who).get(f"{letter}pdf/", headers=HTML)
        assert answer.status_code == 200
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        return text_of(content)


def text_of(content: bytes) -> str:
    """Every word of a PDF, with single spaces."""
    document = pypdfium2.PdfDocument(content)
    pages = [page.get_textpage().get_text_bounded() for page in document]
    return " ".join(" ".join(pages).replace("\u2019", "'").split())


def words(html: str) -> str:
    """What a page says, without its tags, scripts and values of fields; straight apostrophes, single spaces."""
    html = re.sub(r"(?s)<script.*?</script>|<style.*?</style>", " ", html)
    plain = re.sub(r"<[^>]+>", " ", html)
    for code, sign in {"&#x27;": "'", "&nbsp;": " ", "&amp;": "&", "\u2019": "'"}.items():
        plain = plain.replace(code, sign)
    return " ".join(plain.split())
