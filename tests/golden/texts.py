"""What an answer says, as text that two runs share: what differs from run to run is named, order and nulls stay."""

import json
import re
from datetime import UTC, date, datetime
from functools import cache
from io import BytesIO
from typing import Any
from xml.dom import minidom
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pypdfium2
from django.utils.formats import date_format
from django.utils.translation import override
from openpyxl import load_workbook

# What changes from one run to the next, and what stands for it.
PASSING = (
    (re.compile(r'name="(csrfmiddlewaretoken|form_key)" value="[\w-]+"'), r'name="\1" value="…"'),
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "…uuid…"),
    (re.compile(r"\b20\d\d-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?"), "…instant…"),
    (re.compile(r"/tmp/[-\w./]*?/(?=deliveries|files|cache|prints)"), "…data…/"),
    (re.compile(r"(\w)\.[0-9a-f]{12}(\.\w+)"), r"\1\2"),
    (re.compile(r"\barpent_[\w-]{5,}"), "arpent_…"),
    (re.compile(r'"csrf": "\w+"'), '"csrf": "…"'),
    (re.compile(r'"(user|rights)": "[0-9a-f]{12,20}"'), r'"\1": "…"'),
    (re.compile(r"![A-Za-z0-9]{40}\b"), "!…no password…"),
    (re.compile(r'"seconds": [\d.]+'), '"seconds": …'),
    (re.compile(r"\b(DTSTAMP|LAST-MODIFIED):\d{8}T\d{6}Z"), r"\1:…instant…"),
    (
        re.compile(r'(<nav class="toplinks" aria-labelledby="date-hierarchy-label">).*?</nav>', re.S),
        r"\1 …days… </nav>",
    ),
    (re.compile(r"\b[0-9a-f]{32}\b"), "…token…"),
)
BLOCKS = "main|section|h[1-6]|p|ul|ol|li|table|thead|tbody|tr|form|fieldset|div|dl|dt|dd"
BLOCK = re.compile(rf"\s*(</?(?:{BLOCKS})\b)")
PARIS = ZoneInfo("Europe/Paris")
STOPPED_YEAR = 2026
# In the filter of permits people of one last name (here: of none) come in whatever order PostgreSQL finds them.
INSTRUCTORS = re.compile(r'(<select name="instructor"[^>]*>)(.*?)(</select>)', re.DOTALL)
LATELY = re.compile(r'"from": "\d{4}-\d\d-\d\d"(,\s*"\w+": "…today…")')
SMALLEST_PDF = 100
# The part of these documents that holds what they say.
OFFICE = {
    "application/vnd.oasis.opendocument.spreadsheet": "content.xml",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "word/document.xml",
}


def words_of(answer: Any) -> str:
    """The status, the kind and the content of an answer; of a file what it holds."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    kind = answer.get("Content-Type", "")
    place = f" {answer['Location']}" if "Location" in answer else ""
    return settled(f"{answer.status_code} {kind}{place}\n{text_of(content, kind.partition(';')[0])}\n")


def settled(text: str) -> str:
    text = text.replace("\r\n", "⏎\n")
    for pattern, stands in PASSING:
        text = pattern.sub(stands, text)
    return settled_today(INSTRUCTORS.sub(sorted_options, text))


def sorted_options(select: re.Match[str]) -> str:
    if 'value="none"' not in select[2]:
        return select[0]
    return f"{select[1]}{' '.join(sorted(re.findall('<option.*?</option>', select[2], re.DOTALL)))}{select[3]}"


def settled_today(text: str) -> str:
    """Without the day that SQL itself takes as now, here or in UTC, with or without its hour; and without the year of
    numbers, which some take from the process's clock and others from SQL's.
    """
    days = sorted(days_of_this_run())
    years = "|".join(str(year) for year in sorted({STOPPED_YEAR, *(day.year for day in days)}))
    text = re.sub(rf"\b(?:{years})-(\d{{4}})\b(?!-)", r"…year…-\1", text)
    text = re.sub("|".join(map(day_in_words, days)), "…today…", text)
    return LATELY.sub(r'"from": "…lately…"\1', text)


@cache
def begun() -> datetime:
    """When this was asked for first."""
    return datetime.now(UTC)


def days_of_this_run() -> set[date]:
    """A run may go on past midnight."""
    instants = (begun(), datetime.now(UTC))
    return {instant.astimezone(zone).date() for instant in instants for zone in (UTC, PARIS)}


@cache
def day_in_words(day: date) -> str:
    with override("fr"):
        days = (*(date_format(day, form) for form in ("j N Y", "j F Y")), f"{day:%d/%m/%Y}", f"{day:%Y-%m-%d}")
    return rf"(?:{'|'.join(map(re.escape, days))})(?:(?:,| à)? \d{{1,2}}:\d\d(?::\d\d)?)?"


def text_of(content: bytes, kind: str) -> str:
    if kind == "application/pdf":
        return pages_of(content)
    if kind in OFFICE:
        return document_of(content, OFFICE[kind])
    if kind.endswith("sheet"):
        return cells_of(content)
    if kind.endswith("json") and "ndjson" not in kind:
        return json.dumps(json.loads(content), ensure_ascii=False, indent=1) if content else ""
    if kind.startswith("text/html"):
        return main_of(content.decode())
    if kind.startswith("text/") or kind.endswith(("xml", "yaml", "javascript", "json")):
        return content.decode(errors="replace")
    return f"{len(content)} bytes"


def main_of(page: str) -> str:
    """The page's own part, one block a line; the frame around it is the same everywhere."""
    match = re.search(r"<main\b.*</main>", page, re.DOTALL)
    return BLOCK.sub(r"\n\1", re.sub(r"\s+", " ", match[0] if match else page))


def pages_of(pdf: bytes) -> str:
    if len(pdf) < SMALLEST_PDF:
        return f"{len(pdf)} bytes that stand for a file"
    document = pypdfium2.PdfDocument(BytesIO(pdf))
    texts = [page.get_textpage().get_text_range() for page in document]
    return "\n-- page --\n".join(re.sub(r"\r\n?", "\n", text) for text in texts)


def cells_of(table: bytes) -> str:
    book = load_workbook(BytesIO(table))
    rows = [list(row) for sheet in book for row in ([sheet.title], *sheet.iter_rows(values_only=True))]
    return "\n".join(json.dumps(row, ensure_ascii=False, default=str) for row in rows)


def document_of(content: bytes, part: str) -> str:
    """What a part of an office document says, a line for each element."""
    with ZipFile(BytesIO(content)) as opened:
        return str(minidom.parseString(opened.read(part)).toprettyxml(indent=" "))
