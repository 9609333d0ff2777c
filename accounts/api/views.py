"""Who am I, and my tokens."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request

from accounts import second_factor, sessions, tokens
from accounts.adapter import address_of
from accounts.api.serializers import CredentialsBody
from accounts.models import Session, Token, User
from lsg_portal.rest.clock import today
from lsg_portal.rest.detail import DetailView
from lsg_portal.rest.problems import NotVisible
from lsg_portal.rest.views import Query
from lsg_portal.rest.writes import WriteView

UUID = {"type": "string", "format": "uuid"}
MOMENT = {"type": "string", "format": "date-time"}
DAY = {"type": ["string", "null"], "format": "date"}
TEXT = {"type": "string"}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


MAYBE_MOMENT = {"type": ["string", "null"], "format": "date-time"}
BOOL = {"type": "boolean"}
TOKEN = _object(
    id=UUID, name=TEXT, created=MOMENT, expiry=MAYBE_MOMENT, last_used=MAYBE_MOMENT, second_factor=BOOL
)
SESSION = _object(
    id=UUID, created=MOMENT, last_seen=MOMENT, address={"type": ["string", "null"]}, client=TEXT
)


def _shown(token: Token) -> dict[str, Any]:
    return {
        "id": token.public_id,
        "name": token.name,
        "created": token.created,
        "expiry": token.expiry,
        "last_used": token.last_used_at,
        "second_factor": token.second_factor,
    }


def _session(session: Session) -> dict[str, Any]:
    return {
        "id": session.public_id,
        "created": session.created_at,
        "last_seen": session.last_seen_at,
        "address": session.address,
        "client": session.client,
    }


class MeView(DetailView):
    """The user who asks, with the roles held today."""

    permission_classes = (IsAuthenticated,)
    answer_schema = _object(
        id={"type": "integer"},
        username=TEXT,
        name=_object(last=TEXT, first=TEXT, patronymic=TEXT),
        roles={
            "type": "array",
            "items": _object(
                role=TEXT,
                unit={"type": ["string", "null"], "format": "uuid"},
                valid=_object(**{"from": DAY, "to": DAY}),
                counts={
                    "type": "boolean",
                    "description": "false: the role demands a second factor, and this login had none",
                },
            ),
        },
        email=TEXT,
        second_factor=_object(demanded=BOOL, used=BOOL),
        sessions={"type": "array", "items": SESSION},
    )

    def load(self, query: Query, **kwargs: Any) -> User:
        """Return the user."""
        user: User = query.viewer
        self.sessions = [_session(session) for session in sessions.own(user)]
        return user

    def version(self, thing: User) -> tuple[object, ...]:
        """Return all that is shown: a user has no version of its own."""
        return ("me", str(self.show(thing, None)))

    def show(self, thing: User, query: Query | None) -> dict[str, Any]:
        """Return the user's name and roles."""
        return {
            "id": thing.pk,
            "username": thing.username,
            "name": {"last": thing.last_name, "first": thing.first_name, "patronymic": thing.patronymic},
            "roles": [
                {
                    "role": role.role,
                    "unit": role.unit_id,
                    "valid": {"from": role.valid.lower, "to": role.valid.upper},
                    "counts": second_factor.counts(thing, role.role),
                }
                for role in thing.roles_on(today())
            ],
            "email": thing.email,
            "second_factor": {
                "demanded": second_factor.demanded_of(thing, on=today()),
                "used": bool(thing.second_factor),
            },
            "sessions": self.sessions,
        }


class TokensView(WriteView):
    """The caller's tokens; POST gives a new one for a name and a password."""

    bodies = {"POST": CredentialsBody}
    open = True
    refusals = {"GET": (403,), "POST": (409, 429)}
    answers = {
        "GET": _object(results={"type": "array", "items": TOKEN}),
        "POST": _object(id=UUID, token=TEXT, expiry=MOMENT),
    }

    def get(self, request: Request) -> HttpResponse:
        """List the caller's tokens that still work."""
        query = self.read_query(request._request, request.user)
        self.must_be_user(request)
        return self.shown({"results": [_shown(token) for token in tokens.own(request.user)]}, query)

    def post(self, request: Request) -> HttpResponse:
        """Give a token."""
        self.check_media_type(request._request)
        query = self.read_write_query(request._request, request.user)
        body = self.read_body(request)
        token, text = tokens.issue(**body, address=address_of(request._request))
        document = {"id": token.public_id, "token": text, "expiry": token.expiry}
        response = self.shown(document, query, status=201)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Location"] = request.build_absolute_uri(f"{request.path}{document['id']}/")
        return response


class TokenView(DetailView):
    """One of the caller's tokens; DELETE withdraws it."""

    permission_classes = (IsAuthenticated,)
    answer_schema = TOKEN

    def load(self, query: Query, **kwargs: Any) -> Token:
        """Return the token, if it is the caller's."""
        return _found(query.viewer, kwargs["token_id"])

    def lock(self, user: Any, **kwargs: Any) -> Token:
        """Return the token, if it is the caller's, locked."""
        return _found(user, kwargs["token_id"], lock=True)

    def version(self, thing: Token) -> tuple[object, ...]:
        """Return what names the token; it never changes."""
        return ("token", thing.digest, thing.expiry)

    def show(self, thing: Token, query: Query) -> dict[str, Any]:
        """Return the token without its text."""
        return _shown(thing)

    def delete(self, request: Request, **kwargs: Any) -> HttpResponse:
        """Withdraw the token at once."""
        return self.change(request, lambda token, _body, _user: token.delete(), status=204, **kwargs)


def _found(user: Any, token_id: uuid.UUID, *, lock: bool = False) -> Token:
    known = tokens.find(user, token_id)
    token = (known.select_for_update() if lock else known).first()
    if token is None:
        raise NotVisible
    return token
