"""What was posted after its session had ended, or with an old security token: kept in the page that says so.

Nothing is kept on the server: the fields travel, signed, in the sign-in page and come back with the password; then one
press sends them to where they were going, with a token of that moment. Only what a page of ours posted is offered
again (the browser says where a request comes from), never by itself, and never a password.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from gis_core.desk.forms import SignInForm
from gis_core.members.rights import rights_of

MOST_CHARACTERS = 1_000_000
"""Signed and packed it is posted once more, within DATA_UPLOAD_MAX_MEMORY_SIZE."""
MOST_AGE_S = 12 * 3600
SALT = "gis_core.resending"
FIELD = "posted"
CARRIERS = ("account_login", "mfa_authenticate", "account_reauthenticate")
"""Pages whose forms carry what is to be sent again: their own fields are secrets."""
SECRET = re.compile("pass(word|phrase)|passwd|secret|mot_?de_?passe|csrfmiddlewaretoken", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Posted:
    """A request as a form made it: where to, its fields in their order, and the names of its files, by field.

    `complete` is false where the fields were too many or too long to be kept: there are none then.
    """

    address: str
    fields: list[list[str]]
    files: list[list[str]]
    complete: bool = True

    def pack(self) -> str:
        return signing.dumps(asdict(self), salt=SALT, compress=True)

    @property
    def file_fields(self) -> dict[str, list[str]]:
        """The names of the files, by field."""
        names: dict[str, list[str]] = {}
        for field, name in self.files:
            names.setdefault(field, []).append(name)
        return names


def unpack(text: str) -> Posted | None:
    """What `pack` made, unless somebody else made it or it is too old."""
    try:
        return Posted(**signing.loads(text, salt=SALT, max_age=MOST_AGE_S))
    except (signing.BadSignature, TypeError):
        return None


def read_posted(request: HttpRequest) -> Posted | None:
    """What a page of ours posted; None for anything else."""
    if request.method != "POST" or not comes_from_here(request):
        return None
    if request.path in {reverse(name) for name in CARRIERS}:
        return unpack(dict(read_fields(request) or []).get(FIELD, ""))
    address, fields = request.get_full_path(), read_fields(request)
    if fields is None:
        return Posted(address, [], [], complete=False)
    fields, files = [field for field in fields if not SECRET.search(field[0])], read_files(request)
    if sum(len(name) + len(value) for name, value in [*fields, *files]) > MOST_CHARACTERS:
        return Posted(address, [], files[:20], complete=False)
    return Posted(address, fields, files)


def comes_from_here(request: HttpRequest) -> bool:
    """Whether the browser says that a page of ours made this request."""
    said = request.headers.get("Origin") or request.headers.get("Referer") or ""
    try:
        parts = urlsplit(said)
    except ValueError:
        return False
    origin = f"{parts.scheme}://{parts.netloc}"
    return origin in {f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS}


class NamesOnly(FileUploadHandler):
    """Lets files pass by, and keeps their names."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.names: list[list[str]] = []

    def new_file(self, *given: Any, **options: Any) -> None:
        super().new_file(*given, **options)
        self.names.append([str(self.field_name), str(self.file_name)])
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Never called: the file was skipped."""

    def file_complete(self, file_size: int) -> None:
        """There is none."""


def read_fields(request: HttpRequest) -> list[list[str]] | None:
    """Name and value of each field of a request whose body may not have been read yet; None where it cannot be.

    A body that was refused is not read, nor one that the page's own upload handlers would refuse.
    """
    if getattr(request, "body_refused", False):
        return None
    if not hasattr(request, "_post"):
        request.upload_handlers = [NamesOnly(request), *request.upload_handlers]
    try:
        return [[name, str(value)] for name, values in request.POST.lists() for value in values]
    except (SuspiciousOperation, MultiPartParserError, UnreadablePostError):
        return None


def read_files(request: HttpRequest) -> list[list[str]]:
    """Field and name of each file of a request whose fields were read."""
    passed = [name for handler in request.upload_handlers if isinstance(handler, NamesOnly) for name in handler.names]
    kept = [[field, str(file.name)] for field, files in request.FILES.lists() for file in files]
    return [*passed, *kept]


def sign_in_page(request: HttpRequest, posted: Posted | None, status: int, **more: object) -> HttpResponse:
    """The page to sign in, with what is to be sent again afterwards."""
    context = {"form": SignInForm(request=request), **resending_context(posted), **more}
    response = render(request, "account/login.html", context, status=status)
    add_never_cache_headers(response)
    return response


def resending_context(posted: Posted | None) -> dict[str, object]:
    """For `account/login.html`."""
    return {"posted": posted, "packed": posted.pack()} if posted else {}


def resend_page(request: HttpRequest, posted: Posted, status: int = 200, **more: object) -> HttpResponse:
    """What was posted, where to, and the button that sends it."""
    # Somebody may have signed in within this very request.
    request.rights = rights_of(request.user)  # type: ignore[attr-defined]
    response = render(request, "resend.html", {"posted": posted, **more}, status=status)
    add_never_cache_headers(response)
    return response
