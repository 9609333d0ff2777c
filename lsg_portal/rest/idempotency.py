"""``Idempotency-Key``: a POST that may be sent again without being done again.

The same user, key, address and body get the first answer; another body or address is 422. Only answers of
requests that were carried out (2xx) are kept: a refusal has changed nothing, and the repeat is judged anew.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from hashlib import sha256

import orjson
from django.db import connection
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from lsg_portal.rest.models import IdempotencyKey
from lsg_portal.rest.problems import Fault, KeyReused, Malformed

KEPT = dt.timedelta(hours=24)
KEPT_HEADERS = ("Content-Type", "Content-Language", "ETag", "Location")

_KEY = re.compile(r"[\x21-\x7e]{1,255}")


def key_of(request: HttpRequest) -> str | None:
    """Return the key the request named, or None; raise Malformed where it is not one."""
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        detail = _("Idempotency-Key takes 1 to 255 printable characters without spaces.")
        raise Malformed(detail, errors=[Fault("/Idempotency-Key", "key", detail)])
    return str(key)


def recall(request: HttpRequest, owner: object) -> HttpResponse | None:
    """Return the answer this request got before, if any; raise KeyReused for another request under the same
    key.

    Within a transaction. Requests with the same key wait here for one another: the second finds what the
    first left.
    """
    key = key_of(request)
    if key is None:
        return None
    digest = _digest(request)  # before anything else reads the body, which is a stream until then
    _wait_for_turn(str(owner), key)
    known = IdempotencyKey.objects.filter(owner=str(owner), key=key, created__gt=_oldest()).first()
    if known is None:
        return None
    if known.request != _address(request) or bytes(known.body_hash) != digest:
        raise KeyReused
    return _replay(known)


def remember(
    request: HttpRequest, owner: object, response: HttpResponse, *, once: Collection[str] = ()
) -> None:
    """Keep the answer, in the transaction that carried out the request; members shown ``once`` are left null."""
    key = key_of(request)
    if key is None or not 200 <= response.status_code < 300:
        return
    answer = {
        "request": _address(request),
        "body_hash": _digest(request),
        "status": response.status_code,
        "headers": {name: response[name] for name in KEPT_HEADERS if name in response},
        "body": _without(response.content, once),
        "created": Now(),
    }
    IdempotencyKey.objects.update_or_create(owner=str(owner), key=key, defaults=answer)


def _without(body: bytes, members: Collection[str]) -> bytes:
    if not members:
        return body
    return orjson.dumps(orjson.loads(body) | dict.fromkeys(members))


def _address(request: HttpRequest) -> str:
    return f"{request.method} {request.get_full_path()}"[:2000]


def _digest(request: HttpRequest) -> bytes:
    given: bytes | None = getattr(request, "upload_digest", None)  # of a form with a file, read as a stream
    return given or sha256(request.body).digest()


def _wait_for_turn(owner: str, key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{owner}\x1f{key}"])


def _oldest() -> dt.datetime:
    return dt.datetime.now(dt.UTC) - KEPT


def _replay(known: IdempotencyKey) -> HttpResponse:
    response = HttpResponse(bytes(known.body), status=known.status)
    del response["Content-Type"]
    for name, value in known.headers.items():
        response[name] = value
    response["Idempotency-Replayed"] = "true"
    return response


def purge() -> int:
    """Drop the keys older than a day; return how many."""
    return IdempotencyKey.objects.filter(created__lt=_oldest()).delete()[0]
