"""Asks the service as one of the people: `python ask.py PERSON METHOD PATH [BODY] [MEMBER…]`.

`ID` in the path is the request that was made last. Prints the members named, an item a line.
"""

import json
import sys
import urllib.error
import urllib.request
from pathlib import Path

SHOWN = ("kind", "by", "on_behalf_of", "text")


def answered(person, method, path, body):
    """The JSON of an answer, of a refusal as well."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{Path('port').read_text().strip()}{path}",
        method=method,
        data=None if body is None else body.encode(),
        headers={
            "Authorization": f"Bearer {Path(f'{person}.key').read_text().strip()}",
            "Content-Type": "application/json",
        },
    )
    try:
        with urllib.request.urlopen(request) as response:
            return json.load(response)
    except urllib.error.HTTPError as refusal:
        return json.load(refusal)


def line(value):
    """A value in one line; of an event, who did what."""
    if isinstance(value, dict):
        return "  ".join(value[name] for name in SHOWN if value.get(name))
    return value if isinstance(value, str) else json.dumps(value)


person, method, path, *rest = sys.argv[1:]
body = rest.pop(0) if rest and rest[0].startswith("{") else None
last = Path("request.id")
if "ID" in path:
    path = path.replace("ID", last.read_text())
answer = answered(person, method, path, body)
if answer.get("id", "").startswith("apr_"):
    last.write_text(answer["id"])
for name in rest:
    value = answer.get(name)
    for item in value if isinstance(value, list) else [value]:
        print(f"{name}: {line(item)}")
