"""The links to the pages beside a page, for `desk/pager.html`: of lists, and of rows that stand on other pages."""

from dataclasses import dataclass
from urllib.parse import urlencode

from gis_core.desk.parameters import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLinks:
    """Which rows a page shows, counted from 1 (0: nobody knows), and the addresses of the pages beside it; empty where
    there is none.
    """

    first: int = 0
    last: int = 0
    previous: str = ""
    next: str = ""


def page_links(page: Page, count: int, query: str = "", fragment: str = "") -> PageLinks:
    """Of a page of `count` rows, by `offset`; `query` is what else the addresses say."""
    last = min(page.offset + page.limit, count)
    before = max(page.offset - page.limit, 0) if page.offset else None
    after = page.offset + page.limit if last < count else None

    def address(offset: int | None) -> str:
        if offset is None:
            return ""
        return f"?{'&'.join(filter(None, (query, urlencode({'offset': offset}))))}{fragment}"

    first = page.offset + 1 if page.offset < count else 0
    return PageLinks(first=first, last=last, previous=address(before), next=address(after))
