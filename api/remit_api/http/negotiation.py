"""In which form, and in which language, a caller takes an answer: `Accept` and its like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fastapi import Request

from remit_api.http.refusals import NotAcceptable

CHINESE, ENGLISH = "zh", "en"


def form_of(request: Request, offered: Sequence[str]) -> str:
    """The media type that the caller likes best, the first of equals; raises NotAcceptable."""
    wanted = dict(_weighed(request.headers.get("accept") or "*/*"))
    ranked = [(_weight(kind, wanted), -at, kind) for at, kind in enumerate(offered)]
    weight, _, kind = max(ranked)
    if not weight:
        listed = ", ".join(f"`{one}`" for one in offered)
        raise NotAcceptable("there is no such form of it", f"send `Accept` with one of {listed}")
    return kind


def language_of(request: Request) -> str:
    """The language of labels and headings that the caller likes best: `en`, or `zh`."""
    given = request.headers.get("accept-language") or ENGLISH
    wanted = sorted(_weighed(given), key=lambda pair: -pair[1])
    known = [(name.partition("-")[0], weight) for name, weight in wanted if weight]
    return next((name for name, _ in known if name in (CHINESE, ENGLISH)), ENGLISH)


def _weight(kind: str, wanted: dict[str, float]) -> float:
    """The nearest range counts: `text/csv`, then `text/*`, then `*/*`."""
    ranges = (kind, f"{kind.partition('/')[0]}/*", "*/*")
    return next((wanted[one] for one in ranges if one in wanted), 0.0)


def _weighed(header: str) -> Iterator[tuple[str, float]]:
    """Each part of a header with its `q`; one that cannot be read is none."""
    for part in header.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        given = next((p[2:] for p in parameters if p.startswith("q=")), "1")
        try:
            weight = float(given)
        except ValueError:
            continue
        if name and 0 <= weight <= 1:
            yield name, weight
