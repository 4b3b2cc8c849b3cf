"""The computed tables of a grammar, kept where Python keeps bytecode.

Computing them takes most of the time in which a command starts. Who may write beside the bytecode
may write bytecode: what is kept there is trusted as much, and no more is asked of the place.
"""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import sys
import tempfile
from collections.abc import Callable
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

import lark
from lark import Lark

_DIGEST = hashlib.sha256().digest_size


def kept(grammar: Path, make: Callable[[], Lark], **given: Any) -> Lark:
    """The parser that `make` makes of a grammar file, or the one that was kept of the same text.

    given: options of Lark that cannot be kept (a transformer).
    """
    if sys.dont_write_bytecode:
        return make()
    path = Path(cache_from_source(str(grammar))).with_suffix(".lalr")
    key = hashlib.sha256(f"{lark.__version__}\n".encode() + grammar.read_bytes()).digest()
    found = _read(path, key, given)
    if found is None:
        found = make()
        _write(path, key, found, tuple(given))
    return found


def _read(path: Path, key: bytes, given: dict[str, Any]) -> Lark | None:
    """None where nothing is kept, or nothing whole, or that of another grammar."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    head, data = data[: 2 * _DIGEST], data[2 * _DIGEST :]
    if head != key + hashlib.sha256(data).digest():
        return None
    try:
        document = pickle.loads(data)
    except (AttributeError, ImportError):  # a class that it names stands elsewhere by now
        return None
    document["data"]["options"].update(given)
    return Lark.load(document)


def _write(path: Path, key: bytes, parser: Lark, left_out: tuple[str, ...]) -> None:
    """Whole or not at all. Where nothing can be written (a read-only installation, a full disk) the
    next process computes again."""
    buffer = io.BytesIO()
    parser.save(buffer, exclude_options=left_out)
    data = buffer.getvalue()
    written = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, written = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        with open(handle, "wb") as file:
            file.write(key + hashlib.sha256(data).digest() + data)
        os.chmod(written, 0o644)
        os.replace(written, path)
    except OSError:
        if written is not None:
            Path(written).unlink(missing_ok=True)
