"""What every request passes before it comes to a route, from the outside in: headers of the
answer, its id, the measures and the log, other origins, the gate, the body."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from remit_api.failures import WrongUse
from remit_api.http.body_limit import BodyLimit
from remit_api.http.gate import Admission, Gate
from remit_api.http.identity.demo import DemoIdentity, demo_identities
from remit_api.http.identity.identification import Identification
from remit_api.http.identity.issuer import Issuer
from remit_api.http.identity.tokens import Tokens
from remit_api.http.observing import Observing
from remit_api.http.oidc import Oidc
from remit_api.http.rates import Buckets
from remit_api.http.request_id import RequestId
from remit_api.http.security_headers import SecurityHeaders
from remit_api.http.service import Service
from remit_dsl.suggest import nearest
from remit_engine.storage import api_keys
from remit_engine.storage.opening import reading

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ASKED = ("Authorization", "Content-Type", "Idempotency-Key", "If-Match", "X-Request-ID")
SHOWN = ("ETag", "Idempotency-Replayed", "Location", "RateLimit", "Retry-After", "X-Request-ID")


def install(app: FastAPI, service: Service) -> Admission:
    """Puts the entrance before an application; raises WrongUse where the settings would leave the
    door open, or name a role that is none. What comes back is who lets in at its gate."""
    settings = service.settings
    _closed(service)
    app.add_middleware(BodyLimit, most=settings.body)
    admission = Admission(
        _identification(service),
        Buckets(settings.caller_rate) if settings.caller_rate else None,
        Buckets(settings.address_rate) if settings.address_rate else None,
        settings.trusted_caller,
    )
    app.add_middleware(Gate, admission=admission)
    if settings.cors:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=_origins(settings.cors),
            allow_methods=METHODS,
            allow_headers=ASKED,
            expose_headers=SHOWN,
        )
    app.add_middleware(Observing, measures=service.measures)
    app.add_middleware(RequestId)
    app.add_middleware(SecurityHeaders)
    return admission


def demo(service: Service) -> tuple[DemoIdentity, ...]:
    """Identities to try the service with, whose keys are known to this process alone."""
    desk = service.desk
    made = demo_identities(desk.model, desk.directory, service.clock.today())
    for identity in made:
        service.keys.hold(identity.kept())
    return made


def _identification(service: Service) -> Identification:
    oidc, clock = service.settings.oidc, service.clock
    tokens = None
    if oidc is not None:
        _known_roles(oidc, service.roles.names)
        tokens = Tokens(Issuer(oidc.issuer), oidc.audience, clock.now)
    return Identification(
        service.keys, tokens, oidc, service.roles.names, lambda: service.desk.directory, clock.today
    )


def _known_roles(oidc: Oidc, known: frozenset[str]) -> None:
    for role in sorted(frozenset().union(*oidc.position_roles.values())):
        if role not in known:
            guess = nearest(role, known)
            cure = f"did you mean `{guess}`?" if guess else f"there are {', '.join(sorted(known))}"
            raise WrongUse(f"there is no role `{role}` in the service", cure)


def _closed(service: Service) -> None:
    """An address that others reach needs somebody to tell them apart."""
    settings = service.settings
    if settings.loopback:
        return
    if settings.demo or settings.trusted_caller is not None:
        raise WrongUse(
            f"`--demo` does not listen on `{settings.host}`, which others can reach",
            "leave `--demo` out, or listen on 127.0.0.1",
        )
    with reading(service.store) as connection:
        if settings.oidc is None and not api_keys.any_holds(connection, service.clock.now()):
            raise WrongUse(
                f"the service does not listen on `{settings.host}` while nobody can say who he is",
                "make a key with `remit key create`, or name an issuer with `--oidc-issuer`",
            )


def _origins(cors: tuple[str, ...]) -> tuple[str, ...]:
    if "*" in cors:
        raise WrongUse("every page of the web could ask", "name the origins: `https://…`")
    return cors
