"""Documents of desks: what is read of a file, what the antivirus says, what lies on the disk."""

import hashlib
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from gis_core.desk.document_pages import describe_most, longest_body, most_bytes_at_once
from gis_core.desk.documents import MEGABYTE, Documents, title_of_file
from gis_core.errors import ArpentError, Invalid, Unavailable
from gis_core.files.antivirus import check_for_viruses
from gis_core.files.content import DOCX, JPEG, PDF, PHOTO, PNG, Content
from tests.documents import docx, image, odt, pdf

SHELL = ["/bin/sh", "-c"]
LEASES = Documents(
    folder="leases",
    formats=(PDF, JPEG),
    max_bytes=lambda: MEGABYTE,
    most=3,
    too_many="Au plus %(most)s baux.",  # type: ignore[arg-type]
    wrong_format="Un PDF ou une photo.",  # type: ignore[arg-type]
)
PHOTOS = replace(LEASES, formats=(JPEG,), suffix=".jpg", picture=replace(PHOTO, boxes=((64, 64), (8, 8))))


@pytest.fixture(autouse=True)
def files(settings: Any, tmp_path: Path) -> Path:
    settings.FILES_DIR = tmp_path / "files"
    return tmp_path / "files"


def upload(content: bytes, name: str = "bail.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def read(content: bytes, documents: Documents = LEASES) -> Content:
    with documents.reader() as reader:
        return documents.read(upload(content), reader)


def refusal(content: bytes, documents: Documents = LEASES) -> str:
    with pytest.raises(ArpentError) as refused:
        read(content, documents)
    return str(refused.value.message)


def on_disk(files: Path) -> list[str]:
    return sorted(str(path.relative_to(files)) for path in files.rglob("*") if path.is_file())


# -- what a file is ---------------------------------------------------------------------------------------------------


def test_content_says_what_a_file_is() -> None:
    assert (read(pdf()).format, read(pdf()).made) == (PDF, ())
    assert read(docx(), replace(LEASES, formats=(DOCX,))) == Content(DOCX, active=True)


def test_an_image_is_made_anew_and_stays_a_png_only_where_one_is_kept() -> None:
    content = read(image("PNG", placed=True))
    assert content.format == JPEG
    assert dict(Image.open(BytesIO(content.made[0].content)).getexif()) == {}
    assert read(image("PNG"), replace(LEASES, formats=(JPEG, PNG))).format == PNG


@pytest.mark.parametrize("content", [docx(), odt(), b"AC1032" + b"\0" * 99, b"MZ a program", b"%!PS-Adobe"])
def test_what_is_of_no_format_of_the_desk_is_refused_in_its_words(content: bytes) -> None:
    assert refusal(content) == "Un PDF ou une photo."


def test_an_empty_or_a_large_file_is_refused() -> None:
    assert refusal(b"") == "Il est vide."
    assert refusal(b"%PDF-" + b"0" * MEGABYTE).replace("\xa0", " ") == "Il dépasse 1 Mo."


def test_an_object_has_no_more_documents_than_the_desk_says() -> None:
    LEASES.check_count(2)
    with pytest.raises(Invalid, match="Au plus 3 baux"):
        LEASES.check_count(2, 2)


@pytest.mark.parametrize(
    ("name", "title"),
    [("C:\\plans\\été 1.pdf", "été 1.pdf"), ("a\u202egpj.exe", "agpj.exe"), ("x" * 200, "x" * 120)],
)
def test_the_title_is_what_one_sees_of_the_file_s_name(name: str, title: str) -> None:
    file = upload(b"x")
    file._name = name  # type: ignore[attr-defined]
    assert title_of_file(file) == title


def test_a_form_takes_four_large_files_at_most_at_once() -> None:
    many = replace(LEASES, at_once=20)
    assert (most_bytes_at_once(LEASES), most_bytes_at_once(many)) == (MEGABYTE, 4 * MEGABYTE)
    assert longest_body(many) == 5 * MEGABYTE
    assert "4 Mo" in describe_most(many).replace("\xa0", " ")


# -- the antivirus ----------------------------------------------------------------------------------------------------


def test_the_antivirus_reads_every_file_before_it_is_kept(settings: Any) -> None:
    settings.ANTIVIRUS = [*SHELL, "if grep -q EICAR; then exit 1; fi"]
    assert read(pdf()).format == PDF
    assert refusal(pdf() + b"EICAR") == "L’antivirus le refuse."


@pytest.mark.parametrize("command", [[*SHELL, "exit 2"], ["/nowhere/clamdscan"]])
def test_nothing_is_added_while_the_antivirus_does_not_answer(settings: Any, command: list[str]) -> None:
    settings.ANTIVIRUS = command
    with pytest.raises(Unavailable):
        read(pdf())


def test_the_antivirus_gets_nothing_of_our_secrets(
    settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ARPENT_SECRET_KEY", "secret")
    settings.ANTIVIRUS = [*SHELL, 'test -z "$ARPENT_SECRET_KEY"']
    (tmp_path / "a").write_bytes(b"x")
    check_for_viruses(tmp_path / "a")


# -- the disk ---------------------------------------------------------------------------------------------------------


def test_a_document_lies_in_the_folder_of_its_object_as_it_was_sent(files: Path) -> None:
    content = pdf()
    with LEASES.store(7, upload(content), read(content)) as stored:
        pass
    assert (stored.size_bytes, stored.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert on_disk(files) == [f"leases/7/{stored.name}"]
    assert LEASES.path_in(7, stored.name).read_bytes() == content


def test_a_photo_has_a_small_one_beside_it(files: Path) -> None:
    sent = image(size=(400, 200))
    with PHOTOS.store(7, upload(sent), read(sent, PHOTOS)) as stored:
        pass
    assert on_disk(files) == [f"leases/7/{stored.name}-small.jpg", f"leases/7/{stored.name}.jpg"]
    paths = [PHOTOS.path_in(7, stored.name, small=small) for small in (False, True)]
    assert [Image.open(BytesIO(path.read_bytes())).size for path in paths] == [(64, 32), (8, 4)]


def test_nothing_stays_on_the_disk_without_its_row(files: Path) -> None:
    sent = image()
    content = read(sent, PHOTOS)
    with pytest.raises(ValueError, match="no row"), PHOTOS.store(7, upload(sent), content):
        raise ValueError("no row")
    assert on_disk(files) == []
