"""Real receivers for tests: an HTTP server and a mail server on this machine, each in a thread."""

from __future__ import annotations

import base64
import datetime
import ipaddress
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class Received:
    """One POST."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Hook:
    """Answers in turn as it is told to, then with 204."""

    url: str = ""
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)


@contextmanager
def hook() -> Iterator[Hook]:
    """A program that is told."""
    found = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.received.append(Received(self.path, dict(self.headers), body))
            status, headers = found.answers.pop(0) if found.answers else (204, {})
            self.send_response(status)
            for name, value in {"Content-Length": "0", **headers}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            return None

    with _running(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as port:
        found.url = f"http://127.0.0.1:{port}/remit"
        yield found


@dataclass
class Post:
    """One mail, as the server got it."""

    sender: str
    to: list[str]
    message: Message
    user: str | None
    encrypted: bool


@dataclass
class PostOffice:
    """A mail server. refused: answers by address; answers: to DATA, in turn."""

    port: int = 0
    posts: list[Post] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)
    answers: list[int] = field(default_factory=list)
    password: str | None = None


@contextmanager
def post_office(
    security: str = "none", certificate: Path | None = None, password: str | None = None
) -> Iterator[PostOffice]:
    """A mail server that knows one user, `remit`, where there is a password."""
    found = PostOffice(password=password)
    context = None
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            try:
                _Talk(self, found, context, security).go()
            except OSError:  # who calls hung up, or did not believe the certificate
                return

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with _running(Server(("127.0.0.1", 0), Handler)) as port:
        found.port = port
        yield found


class _Talk:
    """What a mail server says and understands, as far as a client of ours goes."""

    def __init__(self, handler: Any, office: PostOffice, context: Any, security: str) -> None:
        self.office, self.context, self.security = office, context, security
        self.socket, self.file = handler.request, handler.rfile
        self.encrypted, self.user = False, None
        self.sender, self.to = "", []

    def go(self) -> None:
        if self.security == "tls":
            self.wrap()
        self.say("220 ready")
        while line := self.file.readline():
            verb, _, rest = line.decode().strip().partition(" ")
            if not self.understand(verb.upper(), rest):
                return

    def understand(self, verb: str, rest: str) -> bool:
        match verb:
            case "EHLO" | "HELO":
                more = "250-STARTTLS\r\n" if self.security == "starttls" else ""
                self.say(f"250-here\r\n{more}250-AUTH PLAIN\r\n250 8BITMIME")
            case "STARTTLS":
                self.say("220 go on")
                self.wrap()
            case "AUTH":
                words = base64.b64decode(rest.rsplit(maxsplit=1)[-1]).decode().split("\0")
                right = words[1:] == ["remit", self.office.password]
                self.user = words[1] if right else None
                self.say("235 welcome" if right else "535 no")
            case "MAIL":
                self.sender, self.to = _address(rest), []
                self.say("250 ok")
            case "RCPT":
                code = self.office.refused.get(_address(rest), 250)
                if code == 250:
                    self.to.append(_address(rest))
                self.say(f"{code} said")
            case "DATA":
                self.data()
            case "QUIT":
                self.say("221 bye")
                return False
            case _:
                self.say("250 ok")
        return True

    def data(self) -> None:
        self.say("354 go on")
        lines = []
        while (line := self.file.readline()) != b".\r\n":
            lines.append(line.removeprefix(b"."))
        code = self.office.answers.pop(0) if self.office.answers else 250
        if code == 250:
            message = message_from_bytes(b"".join(lines), policy=default)
            post = Post(self.sender, self.to, message, self.user, self.encrypted)
            self.office.posts.append(post)
        self.say(f"{code} said")

    def say(self, line: str) -> None:
        self.socket.sendall(f"{line}\r\n".encode())

    def wrap(self) -> None:
        self.socket = self.context.wrap_socket(self.socket, server_side=True)
        self.file, self.encrypted = self.socket.makefile("rb"), True


def _address(rest: str) -> str:
    return rest.partition("<")[2].partition(">")[0]


@contextmanager
def _running(server: Any) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def certificate(folder: Path) -> Path:
    """A certificate of this machine with its key, which nobody else believes."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "here.pem"
    encoded = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(private + encoded)
    return file


Answer = Callable[[], int]
