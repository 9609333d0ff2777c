"""The versions that lists are cached by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path

from django.apps import apps
from django.conf import settings

from lsg_portal.data import prepared

_derived: dict[str, str] = {}


def derive(key: str, sql: str) -> None:
    """Say that the version of a key is what a scalar subquery finds, where the data themselves know it."""
    _derived[key] = sql


def version_sql(keys: Sequence[str]) -> str:
    """Return the scalar subquery for the versions of these keys; the keys are names in code, never input."""
    if any(key in _derived for key in keys):
        each = (f"({_derived[key]})" if key in _derived else version_sql((key,)) for key in sorted(keys))
        return f"concat_ws('.', {', '.join(each)})"
    for key in keys:
        if not key.replace(".", "").replace("_", "").isalpha():
            raise ValueError(f"not a key of a data version: {key!r}")
    names = ", ".join(f"'{key}'" for key in sorted(keys))
    if len(keys) == 1:
        return f"(SELECT version::text FROM rest_dataversion WHERE app = {names})"
    return (
        f"(SELECT string_agg(version::text, '.' ORDER BY app) FROM rest_dataversion WHERE app IN ({names}))"
    )


@lru_cache(maxsize=100)
def _statement(keys: tuple[str, ...]) -> str:
    return f"SELECT {version_sql(keys)}"


def current(keys: Iterable[str]) -> str:
    """Return the versions as they are now, in one query; of no keys there is none."""
    keys = tuple(keys)
    if not keys:
        return ""
    return str(prepared.rows(_statement(keys), {})[0][0])


@lru_cache(maxsize=1)
def build() -> str:
    """Return what names this build: ``LSG_BUILD`` of the settings, else a digest of the files it is made of.

    It is part of every ETag, so that no client keeps an answer in the shape of an older release.
    """
    if named := getattr(settings, "LSG_BUILD", ""):
        return str(named)
    digest = blake2b(digest_size=8)
    root = Path(settings.BASE_DIR)
    for config in apps.get_app_configs():
        if Path(config.path).is_relative_to(root):
            for path in sorted(Path(config.path).rglob("*.py")):
                digest.update(path.relative_to(root).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()
