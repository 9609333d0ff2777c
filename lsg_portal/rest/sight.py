"""Views whose answer depends on how far their viewer sees: drafts and private records are some people's alone."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol

from lsg_portal.rest import etags, versions
from lsg_portal.rest.views import Query


class Sight(Protocol):
    """How far a viewer sees in one app."""

    @property
    def versions(self) -> tuple[str, ...]:
        """Keys of the data versions that what is seen depends on."""

    @property
    def key(self) -> Any:
        """What tells apart viewers who see different things."""


class BySight:
    """What a view that an app's rules decide on has in common; first among the bases of a view."""

    beside: ClassVar[tuple[str, ...]] = ("registry",)
    """Keys of what is shown beside the app's own records: names of municipalities."""

    def sight(self, viewer: Any) -> Sight:
        """Return how far the viewer sees, ``None`` for a visitor."""
        raise NotImplementedError

    def versions_of(self, viewer: Any) -> tuple[str, ...]:
        """What is not published counts for those who read it."""
        return (*self.sight(viewer).versions, *self.beside)

    def viewer_key(self, viewer: Any) -> str:
        """How far the viewer sees."""
        return str(self.sight(viewer).key)


class SeenThing(BySight):
    """A thing shown with what stands beside it: its ETag also names the version of the data its viewer sees.

    For If-Match the thing's own row version alone counts.
    """

    def tag(self, thing: Any, query: Query) -> str:
        """Return the ETag of the thing as this query shows it."""
        data = versions.current(self.versions_of(query.viewer))
        view = (*query.values.values(), query.lang, query.format, self.viewer_key(query.viewer))
        return etags.make(self.version(thing), (*view, data, versions.build()))

    def version(self, thing: Any) -> tuple[object, ...]:
        """Return what names the thing and changes with every change of it."""
        raise NotImplementedError
