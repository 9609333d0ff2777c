"""The directory of a backup: what lies in it, and whether that is still what was put there."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
DUMP = "database.dump"
MEDIA = "media"
FORMAT = 1
"""Of the directory; raised when a restore has to read it differently."""
CHUNK = 1024 * 1024


class Damaged(Exception):
    """The backup is not what it was when it was made; the message says where."""


@contextlib.contextmanager
def private() -> Iterator[None]:
    """Let nobody else read what is made inside: files 0600, directories 0700."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


@contextlib.contextmanager
def draft(directory: Path) -> Iterator[Path]:
    """Give a directory to fill, which takes its name when it is whole; on failure it goes away.

    Raises FileExistsError when ``directory`` exists.
    """
    if directory.exists():
        raise FileExistsError(directory)
    unfinished = directory.with_name(f"{directory.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    directory.parent.mkdir(parents=True, exist_ok=True)
    unfinished.mkdir(mode=0o700)
    try:
        yield unfinished
        for path in (unfinished, *unfinished.rglob("*")):
            _settle(path)
        unfinished.rename(directory)
        _settle(directory.parent)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _settle(path: Path) -> None:
    """Have the disk hold what was written."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def digest(path: Path) -> str:
    """Return the sha256 of a file."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            found.update(chunk)
    return found.hexdigest()


def copy_files(source: Path, target: Path) -> int:
    """Copy the regular files below ``source``, links left out; return how many."""
    count = 0
    for path in sorted(source.rglob("*")) if source.is_dir() else []:
        if path.is_symlink() or not path.is_file():
            continue
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
        count += 1
    return count


def inventory(directory: Path) -> dict[str, dict[str, Any]]:
    """Return every file of the backup with its size and sha256, the manifest left out."""
    return {
        path.relative_to(directory).as_posix(): {"bytes": path.stat().st_size, "sha256": digest(path)}
        for path in sorted(directory.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }


def write_manifest(directory: Path, manifest: dict[str, Any]) -> None:
    """Write what the backup holds."""
    text = json.dumps(
        {"format": FORMAT, **manifest, "files": inventory(directory)}, indent=2, ensure_ascii=False
    )
    (directory / MANIFEST).write_text(text + "\n")


def read_manifest(directory: Path) -> dict[str, Any]:
    """Return what the backup says it holds; raise Damaged."""
    try:
        found: dict[str, Any] = json.loads((directory / MANIFEST).read_text())
        if found["format"] != FORMAT:
            raise Damaged(f"{directory} has the format {found['format']}, this release reads {FORMAT}.")
        if not (found["files"].keys() >= {DUMP} and found["tables"] and found["migrations"]):
            raise KeyError
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise Damaged(
            f"{directory / MANIFEST} is absent or cannot be read: this is no whole backup."
        ) from None
    return found


def verify(directory: Path, manifest: dict[str, Any]) -> None:
    """Raise Damaged unless every file is there as it was, and no other."""
    for name, known in manifest["files"].items():
        path = directory / name
        if not path.is_file():
            raise Damaged(f"{path} is absent.")
        if path.stat().st_size != known["bytes"] or digest(path) != known["sha256"]:
            raise Damaged(f"{path} is not the file that was backed up: its sha256 differs.")
    present = {path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file()}
    if foreign := present - set(manifest["files"]) - {MANIFEST}:
        raise Damaged(f"{directory / min(foreign)} does not belong to the backup.")
