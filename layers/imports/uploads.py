"""Uploads go to disk as they come, and end when they grow too large."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler, TemporaryFileUploadHandler
from django.http import HttpRequest


class LimitedUpload(FileUploadHandler):
    """Counts the bytes of all files of a request; raises RequestDataTooBig beyond `UPLOAD_MAX_BYTES`."""

    received = 0

    def handle_raw_input(
        self, input_data: Any, meta: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        if content_length > settings.UPLOAD_MAX_BYTES:
            raise RequestDataTooBig

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > settings.UPLOAD_MAX_BYTES:
            raise RequestDataTooBig
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Another handler makes the file."""


def limit_uploads(request: HttpRequest) -> None:
    """Must come before anything reads the request's body."""
    request.upload_handlers = [LimitedUpload(request), TemporaryFileUploadHandler(request)]
