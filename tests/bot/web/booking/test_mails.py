"""What the mails say, to whom they go, and that none is lost when the mail server is."""

from __future__ import annotations

import email
import email.policy
import smtplib
import socket
import threading
from datetime import timedelta

import pytest
from icalendar import Calendar

from bot.settings import SettingError, get_settings
from bot.web.booking import postman
from bot.web.booking.carriers import FileCarrier, NotDeliveredError, SmtpCarrier, carrier
from bot.web.booking.models import Booking
from bot.web.booking.outbox import MOST_ATTEMPTS, OutboxMail, pause

pytestmark = pytest.mark.django_db


def message_of(mail: OutboxMail):
    return email.message_from_bytes(mail.content.encode(), policy=email.policy.default)


def calendar_of(message):
    (part,) = message.iter_attachments()
    assert part.get_content_type() == "text/calendar"
    return Calendar.from_ical(part.get_content())


def body_of(message, kind):
    part = message.get_body(preferencelist=(kind,))
    assert part is not None
    return part.get_content()


class Refusing:
    """A mail server that is down, or that never wants this mail."""

    def __init__(self, final: bool = False) -> None:
        self.final = final

    def deliver(self, message, name):
        raise NotDeliveredError("down", final=self.final)


class Keeping:
    def __init__(self) -> None:
        self.messages = []

    def deliver(self, message, name):
        self.messages.append(message)


def test_the_confirmation_has_text_html_a_calendar_file_and_the_link(booking):
    message = message_of(OutboxMail.objects.get())
    assert message["To"] == "sam@example.org"
    assert message["Subject"] == "Your appointment: Thu 11 March, 3:30 pm"
    for kind in ("plain", "html"):
        body = body_of(message, kind)
        assert booking.manage_url in body
        assert "Thursday 11 March 2027, 3:30 pm (London time)" in body
    (event,) = calendar_of(message).walk("VEVENT")
    assert event.decoded("dtstart") == booking.start
    assert event.decoded("dtend") == booking.end
    assert str(event["summary"]) == "Appointment"


def test_nothing_in_the_mail_says_what_it_is_about(wish, clock):
    Booking.objects.book(wish(note="I feel so low since the birth"), clock.now())
    text = OutboxMail.objects.get().content.lower()
    message = message_of(OutboxMail.objects.get())
    readable = (text + body_of(message, "plain") + body_of(message, "html")).lower()
    for word in ("perinatal", "therap", "low since", "birth", "baby", "mental", "consultation", "depress"):
        assert word not in readable.replace("consultations@practice.example", "")


def test_only_who_asked_for_mail_gets_mail(wish, clock):
    for n, contact in enumerate(("text", "call", "none")):
        Booking.objects.book(wish(n, contact=contact, phone="+1 555 010 0199"), clock.now())
    assert not OutboxMail.objects.exists()


def test_moving_and_cancelling_update_the_same_calendar_entry(booking, free, clock):
    booking.move(free[5].therapist_id, free[5].start, 0, clock.now())
    booking.cancel(1, clock.now())
    events = []
    for mail in OutboxMail.objects.order_by("pk"):
        calendar = calendar_of(message_of(mail))
        events.append((str(calendar["method"]), calendar.walk("VEVENT")[0]))
    assert [method for method, _ in events] == ["PUBLISH", "PUBLISH", "CANCEL"]
    assert [int(event["sequence"]) for _, event in events] == [0, 1, 2]
    assert len({str(event["uid"]) for _, event in events}) == 1
    assert events[1][1].decoded("dtstart") == free[5].start


def test_staff_learn_of_a_booking_without_reading_who_it_is(wish, clock, environment):
    environment(ATTUNE_STAFF_MAIL="desk@practice.example")
    Booking.objects.book(wish(name="Samantha", contact="none", note="private"), clock.now())
    message = message_of(OutboxMail.objects.get())
    assert message["To"] == "desk@practice.example"
    assert "Thursday 11 March 2027, 10:30 am (New York time)" in body_of(message, "plain")
    assert "Samantha" not in OutboxMail.objects.get().content
    assert "/staff/bookings/" in body_of(message, "plain")


def test_a_name_with_markup_stays_text_in_the_html(wish, clock):
    Booking.objects.book(wish(name="<script>alert(1)</script>"), clock.now())
    assert "<script>" not in body_of(message_of(OutboxMail.objects.get()), "html")


def test_mails_go_into_files_by_default_and_are_forgotten_here(booking, tmp_path):
    assert postman.deliver_due() == 1
    (file,) = (tmp_path / "mail").glob("*.eml")
    written = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert written["To"] == "sam@example.org"
    assert booking.manage_url in body_of(written, "plain")
    mail = OutboxMail.objects.get()
    assert (mail.state, mail.recipient, mail.content) == ("sent", "", "")
    assert postman.deliver_due() == 0


def test_a_dead_server_delays_mails_and_loses_none(booking, clock):
    kept = Keeping()
    waited = timedelta(0)
    for attempt in range(1, 6):
        assert postman.deliver_due(Refusing()) == 0
        mail = OutboxMail.objects.get()
        assert (mail.state, mail.attempts) == ("pending", attempt)
        assert mail.next_try == clock.now() + pause(attempt)
        assert postman.deliver_due(kept) == 0
        waited += pause(attempt)
        clock.time = mail.next_try
    assert postman.deliver_due(kept) == 1
    assert [str(message["To"]) for message in kept.messages] == ["sam@example.org"]


def test_pauses_double_up_to_eight_hours():
    pauses = [pause(n) for n in range(1, MOST_ATTEMPTS + 1)]
    assert pauses == sorted(pauses)
    assert pauses[0] == timedelta(seconds=30)
    assert pauses[-1] == timedelta(hours=8)


def test_after_the_last_attempt_a_mail_is_marked_as_failed(booking, clock):
    for _ in range(MOST_ATTEMPTS):
        postman.deliver_due(Refusing())
        clock.forward(hours=8)
    assert OutboxMail.objects.get().state == "failed"
    assert postman.deliver_due(Keeping()) == 0


def test_an_address_that_does_not_exist_is_not_tried_again(booking):
    postman.deliver_due(Refusing(final=True))
    assert OutboxMail.objects.get().state == "failed"


def test_a_mail_that_one_process_is_sending_is_left_alone_by_another_until_its_lease_is_over(booking, clock):
    mail = OutboxMail.objects.claim(clock.now())
    assert OutboxMail.objects.claim(clock.now()) is None
    clock.forward(minutes=3)
    assert OutboxMail.objects.claim(clock.now()) == mail


def test_a_mail_over_smtp_arrives_whole(booking):
    with _SmtpServer() as server:
        assert postman.deliver_due(SmtpCarrier("127.0.0.1", server.port)) == 1
    received = email.message_from_string(server.data, policy=email.policy.default)
    assert server.recipients == ["<sam@example.org>"]
    assert booking.manage_url in body_of(received, "plain")


def test_a_server_that_is_not_there_is_an_attempt_and_no_error(booking):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = SmtpCarrier("127.0.0.1", taken.getsockname()[1])
        assert postman.deliver_due(nobody) == 0
    assert OutboxMail.objects.get().problem == "ConnectionRefusedError"


def test_a_folder_that_cannot_be_written_is_an_attempt_and_no_error(booking, tmp_path):
    (tmp_path / "mail").write_text("a file where the folder should be")
    assert postman.deliver_due(FileCarrier(tmp_path / "mail")) == 0
    assert OutboxMail.objects.get().state == "pending"


def test_a_refused_login_waits_for_the_practice_to_mend_its_password(booking, monkeypatch):
    class Server(smtplib.SMTP):
        def __init__(self, *_, **__):
            raise smtplib.SMTPAuthenticationError(535, b"no")

    monkeypatch.setattr(smtplib, "SMTP", Server)
    postman.deliver_due(SmtpCarrier("mail.example", 25, "user", "password"))
    assert OutboxMail.objects.get().state == "pending"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://localhost", SmtpCarrier("localhost", 25)),
        ("smtps://me%40x:p%3Aw@mail.example", SmtpCarrier("mail.example", 465, "me@x", "p:w", tls=True)),
        ("smtp://me:pw@mail.example?starttls=1", SmtpCarrier("mail.example", 587, "me", "pw", starttls=True)),
    ],
)
def test_the_mail_server_is_read_from_its_address(environment, url, expected):
    environment(ATTUNE_SMTP_URL=url)
    assert carrier() == expected


@pytest.mark.parametrize(
    "url", ["mail.example", "http://mail.example", "smtp://", "smtp://x:99999", "smtp://u:p@mail.example"]
)
def test_an_address_that_cannot_be_used_is_refused_with_the_setting_s_name(environment, url):
    environment(ATTUNE_SMTP_URL=url)
    with pytest.raises(SettingError, match="ATTUNE_SMTP_URL"):
        carrier()


@pytest.mark.django_db(transaction=True)
def test_the_postman_delivers_a_booking_s_mail_without_being_asked(wish, clock):
    folder = get_settings().var / "mail"
    arrived = threading.Event()

    class Watching(Keeping):
        def deliver(self, message, name):
            super().deliver(message, name)
            arrived.set()

    watching = Watching()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postman, "carrier", lambda: watching)
        stop = threading.Event()
        worker = threading.Thread(target=postman.work, args=(stop,))
        worker.start()
        Booking.objects.book(wish(), clock.now())
        try:
            assert arrived.wait(20)
        finally:
            stop.set()
            postman.wake()
            worker.join(20)
    assert not worker.is_alive()
    assert OutboxMail.objects.get().state == "sent"
    assert not folder.exists()


class _SmtpServer:
    """Just enough SMTP for one mail, over a real socket."""

    def __enter__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.recipients: list[str] = []
        self.data = ""
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._thread.join(20)
        self._listener.close()

    def _serve(self):
        connection, _ = self._listener.accept()
        with connection, connection.makefile("rwb") as stream:
            self._say(stream, "220 here")
            for raw in stream:
                line = raw.decode().strip()
                if line.lower().startswith("rcpt to:"):
                    self.recipients.append(line[8:])
                if line.upper() == "DATA":
                    self._say(stream, "354 go on")
                    lines = iter(lambda: stream.readline().decode(), ".\r\n")
                    self.data = "".join(line.removeprefix(".") if line.startswith("..") else line for line in lines)
                self._say(stream, "221 bye" if line.upper() == "QUIT" else "250 ok")
                if line.upper() == "QUIT":
                    return

    @staticmethod
    def _say(stream, text):
        stream.write(f"{text}\r\n".encode())
        stream.flush()
