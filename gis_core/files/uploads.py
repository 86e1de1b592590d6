"""Uploads go to disk as they come, and end when they grow too large."""

from typing import Any, NoReturn

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler, TemporaryFileUploadHandler
from django.http import HttpRequest


class LimitedUpload(FileUploadHandler):
    """Counts the bytes of all files of a request; raises RequestDataTooBig beyond the most."""

    received = 0

    def __init__(self, request: HttpRequest, most: int) -> None:
        super().__init__(request)
        self.most = most

    def handle_raw_input(
        self, input_data: Any, meta: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        if content_length > self.most:
            self.refuse()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > self.most:
            self.refuse()
        return raw_data

    def refuse(self) -> NoReturn:
        """Whoever answers now must not read the body."""
        self.request.body_refused = True  # type: ignore[union-attr]
        raise RequestDataTooBig

    def file_complete(self, file_size: int) -> None:
        """Another handler makes the file."""


def limit_uploads(request: HttpRequest, most: int | None = None) -> None:
    """To `most` bytes, else `UPLOAD_MAX_BYTES`. Must come before anything reads the request's body."""
    limit = settings.UPLOAD_MAX_BYTES if most is None else most
    request.upload_handlers = [LimitedUpload(request, limit), TemporaryFileUploadHandler(request)]
