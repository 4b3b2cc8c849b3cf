"""What a browser is shown at `/`: what this is, and how it is asked. It says nothing of anybody."""

from __future__ import annotations

from starlette.responses import Response
from starlette.types import Scope

PATH = "/"
_HTML = b"text/html"
PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Remit</title></head>
<body>
<h1>Remit</h1>
<p>This service answers who may decide what in sales, up to how much, and why, and keeps what was
decided. It is asked by programs, over HTTP, with a key. There are no pages to click through.</p>
<h2>Where to read on</h2>
<ul>
<li><a href="/openapi.json">/openapi.json</a>: every route with examples (OpenAPI). There is no
<code>/docs</code> here: open that file in a viewer or client of your own.</li>
<li><code>docs/service.md</code> and <code>docs/language.md</code>, which come with
the program.</li>
<li><a href="/healthz">/healthz</a> and <a href="/readyz">/readyz</a>: whether it lives, and from
which policy it answers.</li>
</ul>
<h2>How to ask</h2>
<p>Send your key in one header. Who looks after the service makes it with
<code>remit key create</code>; <code>remit serve --demo</code> prints three to try it with.</p>
<pre>curl -H "Authorization: Bearer rk_…" ADDRESS/v1/authorities/mine</pre>
</body>
</html>
"""


def front_page(scope: Scope) -> Response | None:
    """The page for one who looks at `/` with a browser; None for every other request."""
    if scope["path"] != PATH or scope["method"] not in ("GET", "HEAD"):
        return None
    accepted = b",".join(value for name, value in scope["headers"] if name == b"accept")
    return Response(PAGE, media_type="text/html") if _HTML in accepted.lower() else None
