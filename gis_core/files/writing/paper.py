"""HTML set on paper by WeasyPrint, which may fetch the pictures given, our own fonts and nothing else."""

from collections.abc import Mapping
from pathlib import Path
from ssl import PROTOCOL_TLS_CLIENT, SSLContext
from typing import Any

from gis_core.http.admission import PDF, limit_concurrency

FONTS = Path(__file__).parent / "fonts"
SCHEME = "arpent:"
PNG = b"\x89PNG"


def weasyprint() -> Any:
    """WeasyPrint, imported when it is first needed: it takes a third of a second and most processes never print.

    It has Pillow take truncated pictures in the whole process; photos that people attach must not be.
    """
    import weasyprint as library
    from PIL import ImageFile

    ImageFile.LOAD_TRUNCATED_IMAGES = False
    return library


@limit_concurrency(PDF)
def typeset(html: str, styles: Path, pictures: Mapping[str, bytes], *, variant: str | None = None) -> bytes:
    """Set a page with its stylesheet and these JPEG or PNG pictures; `variant` is a PDF variant (`pdf/ua-1`)."""
    library = weasyprint()
    fonts, fetcher = library.text.fonts.FontConfiguration(), fetcher_of(pictures)
    css = library.CSS(string=styles.read_text(), url_fetcher=fetcher, font_config=fonts, base_url=SCHEME)
    made = library.HTML(string=html, url_fetcher=fetcher, base_url=SCHEME).write_pdf(
        stylesheets=[css], font_config=fonts, pdf_variant=variant
    )
    return bytes(made)


def fetcher_of(pictures: Mapping[str, bytes]) -> Any:
    """A fetcher that gives these pictures and our fonts by name and refuses every other address: the page is then not
    set at all."""
    urls = weasyprint().urls

    class OursOnly(urls.URLFetcher):  # type: ignore[misc,name-defined]
        def fetch(self, url: str, headers: Any = None) -> Any:
            if url in pictures:
                kind = "image/png" if pictures[url].startswith(PNG) else "image/jpeg"
                return urls.URLFetcherResponse(url, pictures[url], {"Content-Type": kind})
            path = FONTS / url.removeprefix(SCHEME)
            if not url.startswith(SCHEME) or path.parent != FONTS or not path.is_file():
                raise ValueError(url[:100])
            return urls.URLFetcherResponse(url, path.read_bytes(), {"Content-Type": "font/ttf"})

    # Without one it reads the certificates of the machine, an eighth of a letter: it connects to nothing.
    return OursOnly(fail_on_errors=True, ssl_context=SSLContext(PROTOCOL_TLS_CLIENT))
