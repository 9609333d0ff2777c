"""While a file arrives: it is refused once it has become too large, not when all of it lies on the disk.

``CountingHandler`` stands first in the setting ``FILE_UPLOAD_HANDLERS``, because middleware reads every form
before a view can say how much it takes.
"""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest

from lsg_portal.data.uploads.limits import MEGABYTE, Limits
from lsg_portal.data.uploads.refusals import UploadRefused, clean_name

STANDARD = Limits()
AROUND = 64 * 1024
"""Bytes of a form beside its files: field names, short values, the lines between them."""

PATIENCE = 10
"""So many times the size is read to its end: the sender hears why and no field is lost. Beyond it the connection is cut."""


class CountingHandler(FileUploadHandler):
    """Stops the files of a form when together they are larger than one file may be; the fields of the form are kept."""

    def __init__(self, request: HttpRequest | None = None, limits: Limits = STANDARD) -> None:
        """Count up to ``limits.size``."""
        super().__init__(request)
        self.limits, self.taken, self.length, self.stopped = limits, 0, 0, False

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: str | None = None
    ) -> None:
        """Note how long the whole form says it is."""
        self.length = content_length

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Count a piece and pass it on."""
        self.taken += len(raw_data)
        if self.taken > self.limits.size:
            self.stopped = True
            if self.length > PATIENCE * self.limits.size:
                raise StopUpload(connection_reset=True)
            raise SkipFile  # the fields behind it are read all the same
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the handlers behind this one."""


def count(request: HttpRequest, limits: Limits) -> None:
    """Count the files of a request whose form is yet to be read; raise UploadRefused where it is announced as too large."""
    if announced(request) > limits.size + AROUND:
        raise too_large("", limits)
    others = [handler for handler in request.upload_handlers if not isinstance(handler, CountingHandler)]
    request.upload_handlers = [CountingHandler(request, limits), *others]


def check(request: HttpRequest) -> None:
    """Raise UploadRefused where the reading of the form had to be stopped."""
    for handler in request.upload_handlers:
        if isinstance(handler, CountingHandler) and handler.stopped:
            raise too_large(handler.file_name or "", handler.limits)


def announced(request: HttpRequest) -> int:
    """Return the length of the body as the request announces it, 0 where it does not."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def too_large(name: Any, limits: Limits) -> UploadRefused:
    """Return the refusal of a file that is too large."""
    return UploadRefused(
        "too_large", name=clean_name(name) if name else "", values={"most": limits.size // MEGABYTE}
    )
