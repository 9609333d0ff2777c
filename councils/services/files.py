"""Files of resolutions: attached until publication, and taken away again."""

from __future__ import annotations

import datetime as dt
import io

from django.core.files.base import ContentFile
from django.db import transaction

from councils import documents
from councils.errors import refuse, told
from councils.models import Resolution, ResolutionFile, ResolutionStatus
from councils.services.locking import locked

CLOSED = (ResolutionStatus.PUBLISHED, ResolutionStatus.CANCELLED)


@transaction.atomic
def attach_file(
    *, resolution: Resolution, name: str, content: bytes, expected_version: int | None = None
) -> ResolutionFile:
    """Attach a file to a resolution that is not published yet; raise DocumentRefused unless it is a plain PDF or DOCX.

    It is taken for what its content says (``councils.documents``); the ending of its name follows that.
    """
    found = documents.inspect(io.BytesIO(content), name=name)
    row = locked(resolution, expected_version)
    if row.status in CLOSED:
        refuse("councils_file_frozen")
    with told():
        file = ResolutionFile(
            resolution=row,
            name=found.name,
            media_type=found.media_type,
            size=found.size,
            sha256=found.sha256,
        )
        file.file.save(f"{file.pk}{documents.ENDINGS[found.media_type]}", ContentFile(content), save=False)
        file.save()
        row.version += 1
        row.save(update_fields=["version"])
    return file


@transaction.atomic
def remove_file(*, file: ResolutionFile, at: dt.datetime) -> ResolutionFile:
    """Take a file away from a resolution that is not published yet."""
    row = locked(file.resolution)
    if row.status in CLOSED:
        refuse("councils_file_frozen")
    with told():
        file.removed_at = at
        file.save(update_fields=["removed_at"])
        row.version += 1
        row.save(update_fields=["version"])
    return file
