"""A PDF document measured in millimetres, y upwards: words, shapes, pictures, and drawings with thousands of paths."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from reportlab import rl_config
from reportlab.pdfbase import pdfdoc, pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from gis_core.files.writing.paper import FONTS
from layers.printing.palette import INK, Colour
from layers.printing.paper import MM_PER_INCH, Box, Rectangle

POINT_MM = MM_PER_INCH / 72
REGULAR, BOLD, ITALIC = "regular", "semibold", "italic"
CAP_HEIGHT = 0.668  # of the font's size
FILLED_GLYPHS, STROKED_GLYPHS = 0, 1


@cache
def prepare_library() -> None:
    """Register the platform's font, and write pictures as they are instead of as text."""
    setattr(rl_config, "useA85", 0)  # noqa: B010
    for name in (REGULAR, BOLD, ITALIC):
        pdfmetrics.registerFont(TTFont(name, FONTS / f"atkinson-hyperlegible-next-{name}.ttf"))


def width_of(text: str, size: float, font: str = REGULAR) -> float:
    """How long a text is (mm) at a size (mm)."""
    prepare_library()
    return float(pdfmetrics.stringWidth(text, font, size))


def unknown_letters(text: str) -> list[str]:
    """The characters that the font cannot write, each once."""
    prepare_library()
    known = pdfmetrics.getFont(REGULAR).face.charToGlyph
    return sorted({letter for letter in text if ord(letter) not in known and letter != "\n"})


def wrap_text(text: str, size: float, width: float, font: str = REGULAR) -> list[str]:
    """The text in lines of this width (mm) at most; a word that is longer is cut."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if width_of(longer, size, font) <= width:
                line = longer
                continue
            if line:
                lines.append(line)
            *full, line = split_word(word, size, width, font)
            lines += full
        lines.append(line)
    return lines


def split_word(word: str, size: float, width: float, font: str) -> list[str]:
    """A word in as many parts as the width (mm) asks for."""
    parts, piece = [], ""
    for letter in word:
        if piece and width_of(piece + letter, size, font) > width:
            parts.append(piece)
            piece = ""
        piece += letter
    return [*parts, piece]


@dataclass(slots=True)
class Drawing:
    """PDF operators in the millimetres of a rectangle, which cuts off what lies outside, and the opacities they use."""

    width: float
    height: float
    operators: list[str] = field(default_factory=list)
    opacities: set[int] = field(default_factory=set)

    def add(self, *operators: str) -> None:
        self.operators += operators

    def ink(self, colour: Colour, *, stroke: bool = False) -> str:
        """The operators that choose a colour and its opacity."""
        percent = round(colour.alpha * 100)
        self.opacities.add(percent)
        letters = "RG" if stroke else "rg"
        return f"{colour.red:.4g} {colour.green:.4g} {colour.blue:.4g} {letters} /A{percent} gs"


class Group(pdfdoc.PDFFormXObject):
    """A drawing as an object of the document, whose opacity is one: what overlaps inside is not seen twice."""

    compression = 1

    def __init__(self, drawing: Drawing) -> None:
        super().__init__(0, 0, drawing.width, drawing.height)  # type: ignore[no-untyped-call]
        self.drawing = drawing

    def format(self, document: Any) -> bytes:
        states = {f"A{percent}": opacity(percent) for percent in sorted(self.drawing.opacities)}
        resources: Any = pdfdoc.PDFResourceDictionary()
        resources.basicProcs()
        resources.ExtGState = pdfdoc.PDFDictionary(states)
        self.Resources = resources
        self.Contents = pdfdoc.PDFStream(content="\n".join(self.drawing.operators).encode("ascii"))
        names = {"S": pdfdoc.PDFName("Transparency"), "CS": pdfdoc.PDFName("DeviceRGB"), "I": "true"}
        self.Contents.dictionary["Group"] = pdfdoc.PDFDictionary(names)
        content: bytes = super().format(document)  # type: ignore[no-untyped-call]
        return content


def opacity(percent: int) -> Any:
    return pdfdoc.PDFDictionary({"ca": percent / 100, "CA": percent / 100})


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text: where its baseline begins (mm), its size (mm), its direction (cosine and sine), and a halo of a
    colour and a width (mm) if need be."""

    x: float
    y: float
    text: str
    size: float
    font: str = REGULAR
    ink: Colour = INK
    turn: tuple[float, float] = (1.0, 0.0)
    halo: tuple[Colour, float] | None = None


def actual(text: str) -> str:
    """A text as PDF writes it in hexadecimal."""
    return (b"\xfe\xff" + text.encode("utf-16-be")).hex()


class Brush:
    """What text is written with: said again only when it changes."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.chosen: dict[str, object] = {}

    def changes(self, name: str, value: object) -> bool:
        changed = self.chosen.get(name) != value
        self.chosen[name] = value
        return changed

    def ink(self, colour: Colour) -> None:
        if self.changes("ink", colour):
            self.canvas.setFillColorRGB(*colour[:3], alpha=colour.alpha)

    def halo(self, colour: Colour, width: float) -> None:
        if self.changes("halo", colour):
            self.canvas.setStrokeColorRGB(*colour[:3], alpha=colour.alpha)
        if self.changes("width", width):
            self.canvas.setLineWidth(2 * width)

    def font(self, name: str, size: float) -> str:
        return f"{name} {size:.3f} Tf" if self.changes("font", (name, size)) else ""


class Document:
    """A PDF file in the making, on disk or in memory. `save` writes it; before, there is none."""

    def __init__(self, path: Path | BytesIO, *, title: str, author: str, subject: str, language: str) -> None:
        prepare_library()
        target = str(path) if isinstance(path, Path) else path
        self.canvas = Canvas(target, pageCompression=1, lang=language, pdfVersion=(1, 7), initialFontName=REGULAR)
        self.canvas.setTitle(title)
        self.canvas.setAuthor(author)
        self.canvas.setSubject(subject)
        self.canvas.setCreator("Arpent")
        self.pages = 0
        self.unknown: set[str] = set()  # letters that were asked for and that the font does not have
        self.drawings = self.pictures = 0

    def page(self, width: float, height: float) -> None:
        """Begin a page of this size."""
        if self.pages:
            self.canvas.showPage()
        self.pages += 1
        self.canvas.setPageSize((width / POINT_MM, height / POINT_MM))
        self.canvas.scale(1 / POINT_MM, 1 / POINT_MM)

    def save(self) -> None:
        self.canvas.save()

    # -- words --------------------------------------------------------------------------------------------------------

    def write(self, x: float, y: float, text: str, size: float, *, font: str = REGULAR, ink: Colour = INK) -> None:
        """A line of text that begins at its baseline's left end."""
        self.texts([Text(x, y, text, size, font, ink)])

    def texts(self, texts: Iterable["Text"]) -> None:
        """Lines of text, thousands of them quickly. What has a halo is written twice, and says that it is one text."""
        canvas, brush = self.canvas, Brush(self.canvas)
        canvas.saveState()
        canvas.setLineJoin(1)
        canvas.addLiteral("BT")
        for text in texts:
            self.unknown.update(unknown_letters(text.text))
            brush.ink(text.ink)
            if text.halo is not None:
                brush.halo(*text.halo)
                canvas.addLiteral(f"/Span <</ActualText <{actual(text.text)}>>> BDC")
                canvas.addLiteral(f"{STROKED_GLYPHS} Tr {self._text_operators(text, brush)}")
            canvas.addLiteral(f"{FILLED_GLYPHS} Tr {self._text_operators(text, brush)}")
            if text.halo is not None:
                canvas.addLiteral("EMC")
        canvas.addLiteral("ET")
        canvas.restoreState()

    def _text_operators(self, text: "Text", brush: "Brush") -> str:
        """The operators that place and show a text, in the parts of the font that hold its letters."""
        font, document = pdfmetrics.getFont(text.font), self.canvas._doc
        cosine, sine = text.turn
        parts = [f"{cosine:.5g} {sine:.5g} {-sine:.5g} {cosine:.5g} {text.x:.3f} {text.y:.3f} Tm"]
        for subset, codes in font.splitString(text.text, document):
            parts.append(brush.font(font.getSubsetInternalName(subset, document), text.size))
            parts.append(f"({self.canvas._escape(codes)}) Tj")
        return " ".join(parts)

    def lines(
        self, x: float, y: float, lines: Sequence[str], size: float, leading: float, *, font: str = REGULAR,
        ink: Colour = INK,
    ) -> None:  # fmt: skip
        """Lines of text under each other, the first one's baseline at y."""
        for number, line in enumerate(lines):
            self.write(x, y - number * leading, line, size, font=font, ink=ink)

    # -- shapes -------------------------------------------------------------------------------------------------------

    def line(self, x1: float, y1: float, x2: float, y2: float, width: float, ink: Colour = INK) -> None:
        self.canvas.setStrokeColorRGB(*ink[:3], alpha=ink.alpha)
        self.canvas.setLineWidth(width)
        self.canvas.line(x1, y1, x2, y2)

    def outline(self, box: Rectangle, width: float, ink: Colour = INK) -> None:
        self.canvas.setStrokeColorRGB(*ink[:3], alpha=ink.alpha)
        self.canvas.setLineWidth(width)
        self.canvas.rect(box.x, box.y, box.width, box.height)

    def fill(self, x: float, y: float, width: float, height: float, ink: Colour = INK) -> None:
        self.canvas.setFillColorRGB(*ink[:3], alpha=ink.alpha)
        self.canvas.rect(x, y, width, height, stroke=0, fill=1)

    def polygon(self, points: Sequence[tuple[float, float]], ink: Colour = INK, width: float = 0.0) -> None:
        """A closed shape, filled, or drawn with a line of this width."""
        path = self.canvas.beginPath()
        path.moveTo(*points[0])
        for point in points[1:]:
            path.lineTo(*point)
        path.close()
        self.canvas.setFillColorRGB(*ink[:3], alpha=ink.alpha)
        self.canvas.setStrokeColorRGB(*ink[:3], alpha=ink.alpha)
        self.canvas.setLineWidth(width)
        self.canvas.drawPath(path, stroke=int(width > 0), fill=int(not width))

    # -- pictures and drawings ----------------------------------------------------------------------------------------

    def picture(self, path: Path, box: Rectangle, mask: Path | None = None, opacity: float = 1.0) -> None:
        """A JPEG file exactly in the rectangle, as opaque as the grey JPEG `mask` says."""
        image = self._image(path)
        if mask is not None:
            image.smask = self.canvas._doc.Reference(self._image(mask))
        with self.shift_origin(box.x, box.y):
            self.canvas.setFillAlpha(opacity)
            self.canvas.scale(box.width, box.height)
            self.canvas.doForm(image.name)

    def _image(self, path: Path) -> Any:
        """A picture as an object of the document."""
        self.pictures += 1
        name = f"{path.stem}-{self.pictures}"
        image: Any = pdfdoc.PDFImageXObject(name, str(path))
        image.name = name
        self.canvas._doc.addForm(image.name, image)
        return image

    def draw(self, drawing: Drawing, x: float, y: float, opacity: float = 1.0) -> None:
        """A drawing with its lower left corner at a place, as a whole of this opacity."""
        if not drawing.operators:
            return
        self.drawings += 1
        name = f"drawing{self.drawings}"
        self.canvas._doc.addForm(name, Group(drawing))
        with self.shift_origin(x, y):
            self.canvas.setFillAlpha(opacity)
            self.canvas.setStrokeAlpha(opacity)
            self.canvas.doForm(name)

    @contextmanager
    def shift_origin(self, x: float, y: float, clip: Box | None = None) -> Iterator[None]:
        """Measure from another corner for a while, and draw nothing outside the clip."""
        self.canvas.saveState()
        self.canvas.translate(x, y)
        if clip is not None:
            path = self.canvas.beginPath()
            path.rect(clip[0], clip[1], clip[2] - clip[0], clip[3] - clip[1])
            self.canvas.clipPath(path, stroke=0)
        try:
            yield
        finally:
            self.canvas.restoreState()
