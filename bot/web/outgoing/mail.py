"""How a mail is made, and how it leaves: over SMTP, or as a file where no server is set."""

from __future__ import annotations

import email
import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid, parseaddr
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from bot.settings import SettingError, get_settings, is_this_machine
from bot.web.outgoing.carriers import Carrier, NotDeliveredError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from bot.web.outgoing.models import Parcel

TIMEOUT = 20.0  # seconds for each step of a conversation with the mail server
# Answers to RCPT that mean the address itself (RFC 5321, 4.2.3); others mean the session, such as a missing login.
UNKNOWN_RECIPIENT = frozenset({550, 551, 553})
# Seven bits only: the message is stored and read again as ASCII.
_POLICY = SMTP.clone(cte_type="7bit")


def new_mail(to: str, subject: str, now: datetime) -> EmailMessage:
    """A mail from the practice without a body yet."""
    sender = get_settings().mail_from
    message = EmailMessage(policy=_POLICY)
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = format_datetime(now)
    # Made once and stored: a mail that is sent twice after a crash is shown once by most programs.
    message["Message-ID"] = make_msgid(domain=parseaddr(sender)[1].rpartition("@")[2] or "attune")
    message["Auto-Submitted"] = "auto-generated"
    return message


@dataclass(frozen=True)
class FileCarrier:
    """Writes mails as .eml files, for one machine without a mail server."""

    folder: Path

    def deliver(self, parcel: Parcel) -> None:
        """Writes the mail into a file of the parcel's name, whole or not at all."""
        content = parcel.content.encode("ascii")
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            half = self.folder / f".{parcel.name}.part"
            half.touch(mode=0o600)
            half.write_bytes(content)
            half.rename(self.folder / f"{parcel.name}.eml")
        except OSError as problem:
            raise NotDeliveredError(f"{type(problem).__name__}: {problem.strerror}") from problem


@dataclass(frozen=True)
class SmtpCarrier:
    """Hands mails to an SMTP server."""

    host: str
    port: int
    user: str | None = None
    password: str | None = None
    tls: bool = False
    starttls: bool = False

    def _open(self) -> smtplib.SMTP:
        if self.tls:
            return smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=ssl.create_default_context())
        server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)
        if self.starttls:
            server.starttls(context=ssl.create_default_context())
        return server

    def deliver(self, parcel: Parcel) -> None:
        """Sends it. Only a recipient whom the server does not know is final: the practice can mend all else."""
        message = email.message_from_bytes(parcel.content.encode("ascii"), policy=SMTP)
        try:
            with self._open() as server:
                if self.user:
                    server.login(self.user, self.password or "")
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as refused:
            codes = [code for code, _ in refused.recipients.values()]
            final = UNKNOWN_RECIPIENT.issuperset(codes)
            raise NotDeliveredError(f"recipient refused: {codes}", final=final) from None
        except smtplib.SMTPAuthenticationError as refused:
            raise NotDeliveredError(f"login refused: {refused.smtp_code}") from None
        except smtplib.SMTPResponseException as refused:
            raise NotDeliveredError(f"refused: {refused.smtp_code}") from None
        except (OSError, smtplib.SMTPException) as problem:
            raise NotDeliveredError(type(problem).__name__) from problem


def mail_carrier() -> Carrier:
    """The carrier of the settings: ATTUNE_SMTP_URL, else files in var/mail. Raises SettingError.

    The address is smtp://[user:password@]host[:port] or smtps://...; smtp with ?starttls=1 encrypts, and a user
    name without encryption is refused unless the server is on this machine.
    """
    settings = get_settings()
    if not settings.smtp_url:
        return FileCarrier(settings.var / "mail")
    parts = urlsplit(settings.smtp_url)
    tls = parts.scheme == "smtps"
    starttls = parse_qs(parts.query).get("starttls", ["0"])[0] in {"1", "true", "yes"}
    try:
        port = parts.port or (465 if tls else 587 if starttls else 25)
    except ValueError:
        port = 0
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or not port:
        raise SettingError("ATTUNE_SMTP_URL cannot be read. Use smtp://user:password@mail.example.org:587?starttls=1")
    if parts.username and not (tls or starttls or is_this_machine(parts.hostname)):
        raise SettingError("ATTUNE_SMTP_URL would send its password unencrypted. Use smtps:// or add ?starttls=1")
    return SmtpCarrier(
        parts.hostname,
        port,
        unquote(parts.username) if parts.username else None,
        unquote(parts.password) if parts.password else None,
        tls,
        starttls,
    )
