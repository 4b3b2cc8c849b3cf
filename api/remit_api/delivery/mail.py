"""Telling people by e-mail: one message, over SMTP, encrypted unless it stays on this machine."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from remit_api.delivery.channels import Mail, Undelivered

LASTING = 500
"""From this answer of a mail server on, trying again does not help."""


def send(channel: Mail, id: str, to: Sequence[str], subject: str, text: str, now: datetime) -> None:
    """Deliver to all, or raise Undelivered. The id of the message is the same at each try, so that
    a reader sees it once."""
    if not to:
        raise Undelivered("nobody to write to has an address", lasting=True)
    message = _message(channel, id, to, subject, text, now)
    try:
        with _connected(channel) as server:
            if channel.user is not None and channel.password is not None:
                server.login(channel.user, channel.password.reveal())
            refused = server.send_message(message, channel.sender, list(to))
    except smtplib.SMTPAuthenticationError as fault:
        raise Undelivered(f"the mail server refuses the user: {fault.smtp_code}") from None
    except smtplib.SMTPRecipientsRefused as fault:
        codes = [code for code, _ in fault.recipients.values()]
        said = ", ".join(sorted(fault.recipients))
        lasting = all(code >= LASTING for code in codes)
        raise Undelivered(f"the mail server refuses {said}", lasting=lasting) from None
    except smtplib.SMTPResponseException as fault:
        lasting = fault.smtp_code >= LASTING
        message_ = f"the mail server answers with {fault.smtp_code}"
        raise Undelivered(message_, lasting=lasting) from None
    except (OSError, smtplib.SMTPException) as fault:
        raise Undelivered(f"the mail server does not answer: {type(fault).__name__}") from None
    if refused:  # the others have it: it would reach them twice
        raise Undelivered(f"the mail server refuses {', '.join(sorted(refused))}", lasting=True)


def _connected(channel: Mail) -> smtplib.SMTP:
    context = ssl.create_default_context(cafile=channel.authorities)
    if channel.security == "tls":
        return smtplib.SMTP_SSL(
            channel.host, channel.port, timeout=channel.seconds, context=context
        )
    server = smtplib.SMTP(channel.host, channel.port, timeout=channel.seconds)
    if channel.security == "starttls":
        try:
            server.starttls(context=context)
        except Exception:
            server.close()
            raise
    return server


def _message(
    channel: Mail, id: str, to: Sequence[str], subject: str, text: str, now: datetime
) -> EmailMessage:
    message = EmailMessage()
    message["From"] = channel.sender
    message["To"] = ", ".join(to)
    message["Subject"] = subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{id.replace(':', '.')}@{channel.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message
