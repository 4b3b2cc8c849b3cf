"""The file that says by which channels somebody outside is told. Secrets are named in it, never
written: they come from the environment or from files."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from email.utils import parseaddr
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from remit_api.delivery.channels import Channel, Log, Mail, Secret, Webhook
from remit_api.delivery.message import LANGUAGES
from remit_api.facts import yaml_file
from remit_api.failures import BadFacts
from remit_api.settings_reader import SettingsReader
from remit_dsl.watch import SEVERITIES
from remit_engine.reading.exact import shown

SECURITIES = {"tls": 465, "starttls": 587, "none": 25}
SHORTEST_SECRET = 16
_COMMON = ("webhook", "mail", "log", "least", "language")


def read_channels(path: Path | None) -> tuple[Channel, ...]:
    """The channels of a file, none without one; raises MissingFile, or BadFacts with all that is
    wrong in it."""
    return () if path is None else channels_of(yaml_file(path), os.environ, path.parent)


def channels_of(
    document: Any, environment: Mapping[str, str], folder: Path = Path()
) -> tuple[Channel, ...]:
    """The channels of a document. folder: where files are that it names. Raises BadFacts."""
    reader = _Reader(environment, folder)
    found = reader.channels(document)
    if reader.problems:
        raise BadFacts(reader.problems)
    return found


class _Reader(SettingsReader):
    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        super().__init__()
        self._environment = environment
        self._folder = folder

    def channels(self, document: Any) -> tuple[Channel, ...]:
        given = self.members(document, "", "channels")
        found = []
        for name, value in self.object(given.get("channels"), "channels").items():
            channel = self.channel(name, value, f"channels.{name}")
            found += [channel] if channel is not None else []
        return tuple(found)

    def channel(self, name: str, value: Any, path: str) -> Channel | None:
        given = self.members(value, path, *_COMMON)
        kinds = [kind for kind in ("webhook", "mail", "log") if kind in given]
        common: dict[str, Any] = {
            "name": name,
            "least": self.choice(given.get("least", "info"), f"{path}.least", SEVERITIES),
            "language": self.choice(given.get("language", "en"), f"{path}.language", LANGUAGES),
        }
        if not name or ":" in name:
            self.wrong(path, "a channel has a name without `:`")
            return None
        if len(kinds) != 1:
            self.wrong(path, "a channel is one of `webhook`, `mail`, `log`")
            return None
        made: Mapping[str, Callable[..., Channel | None]] = {
            "webhook": self.webhook, "mail": self.mail, "log": self.log,
        }  # fmt: skip
        return made[kinds[0]](given[kinds[0]], f"{path}.{kinds[0]}", common)

    def log(self, value: Any, path: str, common: Mapping[str, Any]) -> Channel | None:
        if value is not True:
            self.wrong(path, "write `log: true`")
        return Log(**common)

    def webhook(self, value: Any, path: str, common: Mapping[str, Any]) -> Channel | None:
        given = self.members(value, path, "url", "secret", "secret_before")
        url = self.text(given.get("url"), f"{path}.url")
        self.url(url, f"{path}.url")
        named = [n for n in ("secret", "secret_before") if n == "secret" or n in given]
        found = [self.secret(given.get(n), f"{path}.{n}", SHORTEST_SECRET) for n in named]
        secrets = tuple(secret for secret in found if secret is not None)
        return Webhook(url=url, secrets=secrets, **common)

    def url(self, url: str, path: str) -> None:
        """Only where a message, and a signature that could be tried out, cannot be read on the
        way."""
        try:
            parts = urlsplit(url)
            whole = bool(parts.hostname) and parts.port != 0
        except ValueError:
            parts, whole = urlsplit(""), False
        near = parts.scheme == "http" and _is_here(parts.hostname or "")
        if not whole or not (parts.scheme == "https" or near):
            self.wrong(path, f"`{shown(url)}` is no address: write it as `https://…`")
        elif parts.username is not None or parts.password is not None or parts.fragment:
            self.wrong(path, "the address holds a user or a `#`: the signature says who sends")

    def mail(self, value: Any, path: str, common: Mapping[str, Any]) -> Channel | None:
        names = ("host", "port", "security", "from", "user", "password", "addresses", "domain",
                 "copies", "authorities")  # fmt: skip
        given = self.members(value, path, *names)
        host = self.text(given.get("host"), f"{path}.host")
        security = given.get("security", "starttls")
        security = self.choice(security, f"{path}.security", tuple(SECURITIES))
        if security == "none" and not _is_here(host):
            message = "`none` would send everything in the open: write `starttls` or `tls`"
            self.wrong(f"{path}.security", message)
        user, password = given.get("user"), given.get("password")
        if (user is None) != (password is None):
            self.wrong(f"{path}.user", "write `user` and `password`, or neither")
        addresses = self.object(given.get("addresses", {}), f"{path}.addresses")
        return Mail(
            host=host,
            port=self.port(given.get("port", SECURITIES.get(security, 0)), f"{path}.port"),
            sender=self.address(given.get("from"), f"{path}.from"),
            security=security,
            user=None if user is None else self.text(user, f"{path}.user"),
            password=None if password is None else self.secret(password, f"{path}.password", 1),
            addresses={p: self.address(a, f"{path}.addresses.{p}") for p, a in addresses.items()},
            domain=self.optional(given.get("domain"), f"{path}.domain"),
            copies=tuple(self.copies(given.get("copies", []), f"{path}.copies")),
            authorities=self.file(given.get("authorities"), f"{path}.authorities"),
            **common,
        )

    def copies(self, value: Any, path: str) -> list[str]:
        if not isinstance(value, list):
            self.wrong(path, f"`{shown(value)}` is not a list of addresses")
            return []
        return [self.address(one, f"{path}[{n}]") for n, one in enumerate(value)]

    def secret(self, value: Any, path: str, shortest: int) -> Secret | None:
        """Of the environment or of a file; what is written here itself is refused, and not
        shown."""
        known = isinstance(value, Mapping) and len(value) == 1 and set(value) <= {"env", "file"}
        if not known:
            self.wrong(path, "a secret is not written here: `{env: NAME}` or `{file: PATH}`")
            return None
        ((kind, where),) = value.items()
        place = self.text(where, path)
        if kind == "env":
            found = self._environment.get(place)
            if found is None:
                self.wrong(path, f"there is no `{place}` in the environment")
                return None
        else:
            found = self.contents(place, path)
        if found is not None and len(found) < shortest:
            self.wrong(path, f"the secret is shorter than {shortest} characters")
            return None
        return None if found is None else Secret(found)

    def contents(self, name: str, path: str) -> str | None:
        try:
            return (self._folder / name).read_text("utf-8").strip()
        except (OSError, ValueError) as fault:
            kind = getattr(fault, "strerror", None) or type(fault).__name__
            self.wrong(path, f"`{name}` cannot be read: {kind}")
            return None

    def file(self, value: Any, path: str) -> str | None:
        if value is None:
            return None
        found = self._folder / self.text(value, path)
        if not found.is_file():
            self.wrong(path, f"there is no file `{found}`")
            return None
        return str(found)

    def address(self, value: Any, path: str) -> str:
        text = self.text(value, path)
        name, found = parseaddr(text)
        if name or found != text or not all(found.partition("@")) or not found.isprintable():
            self.wrong(path, f"`{shown(value)}` is no address: write `name@example.com`")
        return text

    def port(self, value: Any, path: str) -> int:
        if type(value) is not int or not 0 < value < 65_536:
            self.wrong(path, f"`{shown(value)}` is no port")
            return 0
        return value

    def optional(self, value: Any, path: str) -> str | None:
        return None if value is None else self.text(value, path)

    def text(self, value: Any, path: str) -> str:
        if not isinstance(value, str) or not value.strip():
            self.wrong(path, "it is missing" if value is None else f"`{shown(value)}` is no text")
            return ""
        return value


def _is_here(host: str) -> bool:
    """Whether a host is this machine."""
    if host in ("localhost", "localhost.localdomain"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
