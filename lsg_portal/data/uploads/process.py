"""The process that opens the file, seen from outside: what goes in, what may come out, and when it is ended."""

from __future__ import annotations

import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

import orjson

from lsg_portal.data.uploads.limits import MEGABYTE, Limits
from lsg_portal.data.uploads.refusals import UploadRefused

logger = logging.getLogger(__name__)

PROJECT = Path(__file__).resolve().parents[3]
PIECE = 256 * 1024


def lines_of(file: IO[bytes], kind: str, *, name: str, limits: Limits) -> Generator[Any, None, None]:
    """Yield what the reading process says of a file; raise UploadRefused.

    The process is started anew (no copy of the one that serves), knows no secret of the environment and is killed
    when its time is up, whatever it is doing.
    """
    with tempfile.TemporaryFile() as copy:
        _copied(file, copy, name=name, limits=limits)
        command = [sys.executable, "-m", "lsg_portal.data.uploads.child", kind, json.dumps(asdict(limits))]
        known = {
            key: os.environ[key] for key in ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT") if key in os.environ
        }
        environment = known | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
        with subprocess.Popen(
            command,
            stdin=copy,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=PROJECT,
            env=environment,
        ) as child:
            try:
                yield from _said(child, name=name, limits=limits)
            finally:
                child.kill()


def _copied(file: IO[bytes], copy: IO[bytes], *, name: str, limits: Limits) -> None:
    """Copy the file to where the process can seek in it, and count while copying."""
    file.seek(0)
    size = 0
    while piece := file.read(PIECE):
        size += len(piece)
        if size > limits.size:
            raise UploadRefused("too_large", name=name, values={"most": limits.size // MEGABYTE})
        copy.write(piece)
    if not size:
        raise UploadRefused("empty", name=name)
    copy.flush()
    copy.seek(0)


def _said(child: subprocess.Popen[bytes], *, name: str, limits: Limits) -> Iterator[Any]:
    """Yield each line the process writes until it says how it ended."""
    for line in _lines(child, name=name, limits=limits):
        said = orjson.loads(line)
        if isinstance(said, dict) and "refused" in said:
            raise UploadRefused(said["refused"], name=name, values=said["values"])
        if isinstance(said, dict) and "end" in said:
            return
        yield said
    try:
        code = child.wait(1)
    except subprocess.TimeoutExpired:
        code = -signal.SIGKILL
    logger.warning("the reading of an uploaded file ended with %s", code)
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        raise UploadRefused("took_too_long", name=name, values={"most": round(limits.seconds)})
    raise UploadRefused("too_much_memory" if code < 0 else "damaged", name=name)


def _lines(child: subprocess.Popen[bytes], *, name: str, limits: Limits) -> Iterator[bytes]:
    """Yield the lines of the process' output, as long as there is time and they do not run on."""
    assert child.stdout is not None
    ends = time.monotonic() + limits.seconds
    rest, taken = b"", 0
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while True:
            left = ends - time.monotonic()
            if left <= 0 or not selector.select(left):
                raise UploadRefused("took_too_long", name=name, values={"most": round(limits.seconds)})
            piece = os.read(child.stdout.fileno(), PIECE)
            if not piece:
                return
            taken += len(piece)
            if taken > limits.text + MEGABYTE:
                raise UploadRefused("too_much_text", name=name, values={"most": limits.text // MEGABYTE})
            *whole, rest = (rest + piece).split(b"\n") if b"\n" in piece else (rest + piece,)
            yield from whole
