"""The file of channels: what it may say, and every fault of it at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from remit_api.delivery.channels import Log, Mail, Webhook
from remit_api.delivery.reading import channels_of, read_channels
from remit_api.failures import BadFacts, MissingFile

SECRET = "a secret of sixteen and more"
ENV = {"HOOK": SECRET, "BEFORE": "the secret that was before it", "SHORT": "abc", "MAIL": "sesame"}


def read(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name, value in ENV.items():
        monkeypatch.setenv(name, value)
    file = tmp_path / "channels.yaml"
    file.write_text(text, "utf-8")
    return read_channels(file)


def test_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mail.txt").write_text("open sesame\n")
    erp, mail, here = read(
        """
channels:
  erp:
    least: warning
    webhook:
      url: "https://erp.example.com/remit?to=1"
      secret: {env: HOOK}
      secret_before: {env: BEFORE}
  people:
    language: zh
    mail:
      host: smtp.example.com
      from: remit@example.com
      user: remit
      password: {file: mail.txt}
      addresses: {li.wei: wei@example.com}
      domain: example.com
      copies: [desk@example.com]
  here: {log: true}
""",
        tmp_path,
        monkeypatch,
    )
    assert isinstance(erp, Webhook)
    assert (erp.name, erp.least, erp.url) == (
        "erp", "warning", "https://erp.example.com/remit?to=1"
    )  # fmt: skip
    assert [s.reveal() for s in erp.secrets] == [SECRET, ENV["BEFORE"]]
    assert isinstance(mail, Mail)
    assert (mail.port, mail.security, mail.language) == (587, "starttls", "zh")
    assert mail.password is not None
    assert mail.password.reveal() == "open sesame"
    assert [mail.address(p) for p in ("li.wei", "ann")] == ["wei@example.com", "ann@example.com"]
    assert here == Log(name="here")
    assert SECRET not in repr(erp)
    assert "sesame" not in repr(mail)


def test_without_a_file_nobody_is_told() -> None:
    assert read_channels(None) == ()


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(MissingFile):
        read_channels(tmp_path / "none.yaml")


def hook(**members: Any) -> dict[str, Any]:
    return {"webhook": {"url": "https://e.com/x", "secret": {"env": "HOOK"}, **members}}


def post(**members: Any) -> dict[str, Any]:
    return {"mail": {"host": "smtp.example.com", "from": "remit@example.com", **members}}


@pytest.mark.parametrize(
    ("channel", "path", "message"),
    [
        ({}, "", "a channel is one of `webhook`, `mail`, `log`"),
        ({"log": True, **hook()}, "", "a channel is one of"),
        ({"log": "yes"}, ".log", "write `log: true`"),
        ({"log": True, "least": "low"}, ".least", '`"low"` is none of `info`, `warning`'),
        ({"log": True, "language": "xx"}, ".language", "is none of `en`, `zh`"),
        ({"log": True, "lest": "info"}, ".lest", "there is no such member"),
        (hook(url="http://e.com/x"), ".webhook.url", "write it as `https://…`"),
        (hook(url="file:///etc/passwd"), ".webhook.url", "write it as `https://…`"),
        (hook(url="https://"), ".webhook.url", "write it as `https://…`"),
        (hook(url="https://[::1"), ".webhook.url", "write it as `https://…`"),
        (hook(url="https://me:pw@e.com/"), ".webhook.url", "the address holds a user"),
        (hook(url=None), ".webhook.url", "it is missing"),
        (hook(secret="plain"), ".webhook.secret", "a secret is not written here"),
        (hook(secret={"env": "NONE"}), ".webhook.secret", "there is no `NONE` in the environment"),
        (hook(secret={"env": "SHORT"}), ".webhook.secret", "shorter than 16 characters"),
        (hook(secret={"file": "none.txt"}), ".webhook.secret", "`none.txt` cannot be read"),
        (hook(secret={"env": "HOOK", "file": "x"}), ".webhook.secret", "not written here"),
        (hook(secret_before={"env": "SHORT"}), ".webhook.secret_before", "shorter than 16"),
        (post(security="none"), ".mail.security", "`none` would send everything in the open"),
        (post(security="ssl"), ".mail.security", "is none of `tls`, `starttls`, `none`"),
        (post(user="remit"), ".mail.user", "write `user` and `password`, or neither"),
        (post(password="x", user="remit"), ".mail.password", "a secret is not written here"),
        (post(port=0), ".mail.port", "`0` is no port"),
        (post(port="25"), ".mail.port", '`"25"` is no port'),
        (post(addresses={"ann": "Ann <a@b.c>"}), ".mail.addresses.ann", "is no address"),
        (post(copies="a@b.c"), ".mail.copies", "is not a list of addresses"),
        (post(copies=["a@b.c\nBcc: x@y.z"]), ".mail.copies[0]", "is no address"),
        (post(authorities="none.pem"), ".mail.authorities", "there is no file `none.pem`"),
        ("mail", "", "is not an object"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(channel: Any, path: str, message: str) -> None:
    with pytest.raises(BadFacts) as caught:
        channels_of({"channels": {"c": channel}}, ENV)
    told = [(p.path, p.message) for p in caught.value.problems]
    assert any(p == f"channels.c{path}" and message in m for p, m in told), told
    assert SECRET not in str(told)


def test_a_secret_that_was_written_by_mistake_is_not_shown() -> None:
    with pytest.raises(BadFacts) as caught:
        channels_of({"channels": {"c": hook(secret="my open secret")}}, ENV)
    assert "my open secret" not in str([p.message for p in caught.value.problems])


def test_ten_faults_are_ten() -> None:
    both = {"a": hook(url="x", secret="y"), "b": {}, "c:d": {"log": True}, "e": post(port=-1)}
    with pytest.raises(BadFacts) as caught:
        channels_of({"channels": both, "more": 1}, ENV)
    assert len(caught.value.problems) == 6
