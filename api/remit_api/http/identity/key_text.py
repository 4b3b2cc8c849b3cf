"""The text of an API key: `rk_<id>_<secret>`. Only its SHA-256 is kept."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest

PREFIX = "rk_"
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
_ID_LENGTH = 12
_SECRET_BYTES = 32
_KEY = re.compile(r"rk_([a-z2-7]{12})_([A-Za-z0-9_-]{43})", re.ASCII)
_NOBODY = sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class KeyText:
    """A key as its holder has it. `repr` keeps the secret back."""

    id: str
    text: str

    def __repr__(self) -> str:
        return f"KeyText({self.id!r})"

    @property
    def digest(self) -> str:
        """SHA-256 of the whole text, in hex."""
        return sha256(self.text.encode()).hexdigest()

    def fits(self, digest: str | None) -> bool:
        """Whether this is the key of a digest; takes as long where there is none."""
        return compare_digest(self.digest, digest or _NOBODY) and digest is not None


def new_key() -> KeyText:
    """A key with 256 bits of secret."""
    id = "".join(secrets.choice(_ALPHABET) for _ in range(_ID_LENGTH))
    return KeyText(id, f"{PREFIX}{id}_{secrets.token_urlsafe(_SECRET_BYTES)}")


def read_key(text: str) -> KeyText | None:
    """A key as it was sent; None where it has not the form of one."""
    match = _KEY.fullmatch(text)
    return None if match is None else KeyText(match[1], text)
