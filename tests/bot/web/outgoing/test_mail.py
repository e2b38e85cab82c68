"""How a mail leaves: into a file, or over SMTP to the server that the settings name."""

from __future__ import annotations

import email
import email.policy
import smtplib

import pytest

from bot.settings import SettingError, get_settings
from bot.web.outgoing import postman
from bot.web.outgoing.carriers import Way
from bot.web.outgoing.mail import SmtpCarrier, mail_carrier
from bot.web.outgoing.models import Parcel

pytestmark = pytest.mark.django_db


@pytest.fixture
def smtp(environment):
    def use(url):
        environment.setenv("ATTUNE_SMTP_URL", url)
        get_settings.cache_clear()

    return use


def test_mails_go_into_files_by_default(mail, tmp_path):
    assert postman.deliver_due(Way.MAIL) == 1
    (file,) = (tmp_path / "mail").glob("*.eml")
    written = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert written["To"] == "sam@example.org"
    assert "Thursday" in written.get_content()
    assert file.stat().st_mode & 0o077 == 0
    assert postman.deliver_due(Way.MAIL) == 0


def test_a_mail_over_smtp_arrives_whole(mail, mail_server):
    assert postman.deliver_due(Way.MAIL, SmtpCarrier("127.0.0.1", mail_server.port)) == 1
    (received,) = mail_server.messages
    assert mail_server.recipients == ["sam@example.org"]
    assert received["Subject"] == "Your appointment"
    assert "Thursday" in received.get_content()


def test_a_busy_mail_server_is_asked_again(mail, mail_server, clock):
    mail_server.manner = "busy"
    carrier = SmtpCarrier("127.0.0.1", mail_server.port)
    assert postman.deliver_due(Way.MAIL, carrier) == 0
    mail_server.manner = "well"
    clock.forward(seconds=30)
    assert postman.deliver_due(Way.MAIL, carrier) == 1


@pytest.mark.parametrize(
    ("step", "answer", "state"),
    [
        ("greeting", "554 no mail from here", "pending"),
        ("mail from", "550 sender refused", "pending"),
        ("rcpt to", "530 log in first", "pending"),
        ("rcpt to", "450 try later", "pending"),
        ("rcpt to", "550 nobody of that name", "failed"),
        ("data", "554 not today", "pending"),
    ],
)
@pytest.mark.parametrize("urgent", [False, True], ids=["ordinary", "urgent"])
def test_a_refusal_is_final_only_for_a_recipient_who_is_unknown(mail, mail_server, clock, step, answer, state, urgent):
    Parcel.objects.update(urgent=urgent)
    mail_server.refusals = {step: answer}
    carrier = SmtpCarrier("127.0.0.1", mail_server.port)
    assert postman.deliver_due(Way.MAIL, carrier) == 0
    assert Parcel.objects.get().state == ("pending" if urgent else state)
    mail_server.refusals = {}
    clock.forward(seconds=30)
    assert postman.deliver_due(Way.MAIL, carrier) == (urgent or state == "pending")


def test_a_mail_server_that_is_not_there_is_asked_again(mail, free_port):
    assert postman.deliver_due(Way.MAIL, SmtpCarrier("127.0.0.1", free_port)) == 0
    mail.refresh_from_db()
    assert (mail.state, mail.problem) == ("pending", "ConnectionRefusedError")


def test_a_refused_login_waits_for_the_practice_to_mend_its_password(mail, monkeypatch):
    class Server(smtplib.SMTP):
        def __init__(self, *_, **__):
            raise smtplib.SMTPAuthenticationError(535, b"no")

    monkeypatch.setattr(smtplib, "SMTP", Server)
    postman.deliver_due(Way.MAIL, SmtpCarrier("mail.example", 25, "user", "password"))
    assert Parcel.objects.get().state == "pending"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://localhost", SmtpCarrier("localhost", 25)),
        ("smtps://me%40x:p%3Aw@mail.example", SmtpCarrier("mail.example", 465, "me@x", "p:w", tls=True)),
        ("smtp://me:pw@mail.example?starttls=1", SmtpCarrier("mail.example", 587, "me", "pw", starttls=True)),
    ],
)
def test_the_mail_server_is_read_from_its_address(smtp, url, expected):
    smtp(url)
    assert mail_carrier() == expected


@pytest.mark.parametrize(
    "url", ["mail.example", "http://mail.example", "smtp://", "smtp://x:99999", "smtp://u:p@mail.example"]
)
def test_an_address_that_cannot_be_used_is_refused_with_the_setting_s_name(smtp, url):
    smtp(url)
    with pytest.raises(SettingError, match="ATTUNE_SMTP_URL"):
        mail_carrier()


def test_mail_settings_that_cannot_be_read_are_said_when_the_server_starts(smtp):
    from bot.web.outgoing.checks import mails_can_leave

    assert mails_can_leave() == []
    smtp("mail.example")
    assert [warning.id for warning in mails_can_leave()] == ["outgoing.W001"]
