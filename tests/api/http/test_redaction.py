"""What opens a door is hidden, however it is written."""

from __future__ import annotations

import pytest

from remit_api.http.redaction import HIDDEN, redacted


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("key rk_abc_0123456789abcdef used", f"key rk_abc_{HIDDEN} used"),
        ("RK_ABC_0123456789abcdef", f"RK_ABC_{HIDDEN}"),
        ("token eyJhbGciOi.eyJzdWIi.sig-na_ture end", f"token {HIDDEN} end"),
        ("EYJhbGciOi.x", HIDDEN),
        ("Authorization: Bearer abcdefgh12345678", f"Authorization: Bearer {HIDDEN}"),
        ("BEARER=abcdefgh12345678", f"BEARER={HIDDEN}"),
        ("a bearer of news", "a bearer of news"),
        ("POST /v1/decisions 201", "POST /v1/decisions 201"),
        ("", ""),
    ],
)
def test_secrets_are_hidden_and_all_else_stays(text: str, hidden: str) -> None:
    assert redacted(text) == hidden
