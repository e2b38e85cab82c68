"""The mails about a booking: neutral in subject and text, since others may see the parent's inbox.

A parent gets mail only if e-mail is how they said that it is safe to reach them; an address alone is not that.
"""

from __future__ import annotations

from datetime import timedelta
from email.utils import parseaddr
from typing import TYPE_CHECKING, Any, Literal

from django.template.loader import render_to_string
from icalendar import Calendar, Event, vCalAddress

from bot.settings import get_settings
from bot.web.booking import wording
from bot.web.booking.policy import get_policy
from bot.web.outgoing.mail import new_mail
from bot.web.outgoing.models import Parcel

if TYPE_CHECKING:
    from datetime import datetime
    from email.message import EmailMessage

    from bot.web.booking.models import Booking
    from bot.web.booking.therapists import Therapist

What = Literal["confirmed", "moved", "cancelled", "reminder"]

SUBJECTS = {
    "confirmed": "Your appointment: {when}",
    "moved": "Your appointment was moved: {when}",
    "cancelled": "Your appointment was cancelled: {when}",
    "reminder": "A reminder of your appointment: {when}",
}
STAFF_SUBJECTS = {
    "confirmed": "Consultation booked: {when}",
    "moved": "Consultation moved: {when}",
    "cancelled": "Consultation cancelled: {when}",
}


def queue_mails(booking: Booking, what: What, now: datetime, before: Therapist | None = None) -> None:
    """Puts the parent's mail (where wanted) and those of staff (where set) into the outbox.

    `before` is who had the booking until now.
    """
    queue_parent_mail(booking, what, now)
    queue_staff_mails(booking, what, now, before)


def queue_parent_mail(booking: Booking, what: What, now: datetime) -> None:
    """Puts the parent's mail into the outbox, if e-mail is how they said that it is safe to reach them."""
    if booking.gets_mail:
        Parcel.objects.queue_mail(parent_mail(booking, what, now), what, now, about=booking.public_id)


def queue_staff_mails(booking: Booking, what: What, now: datetime, before: Therapist | None = None) -> None:
    """Tells the practice and the therapist, and whoever had the booking `before`, where they have an address."""
    told = (get_settings().staff_mail, booking.therapist.mail, before.mail if before else "")
    for address in sorted({one for one in told if one}):
        mail = staff_mail(booking, what, now, address)
        Parcel.objects.queue_mail(mail, f"staff-{what}", now, about=booking.public_id)


def parent_mail(booking: Booking, what: What, now: datetime) -> EmailMessage:
    """The mail to the parent: plain text, HTML and a calendar file."""
    policy = get_policy()
    context: dict[str, Any] = {
        "what": what,
        "name": booking.name,
        "when": wording.full(booking.start, booking.zone),
        "minutes": round((booking.end - booking.start) / timedelta(minutes=1)),
        "how": wording.KIND_WORDS[booking.kind],
        "how_it_starts": policy.how_it_starts(booking.kind),
        "manage_url": booking.manage_url,
        "can_change": booking.can_change(now),
        "practice": policy.practice.name,
        "contact": policy.contact,
    }
    message = new_mail(booking.email, SUBJECTS[what].format(when=wording.short(booking.start, booking.zone)), now)
    message.set_content(render_to_string("booking/mail/parent.txt", context))
    message.add_alternative(render_to_string("booking/mail/parent.html", context), subtype="html")
    method = "CANCEL" if what == "cancelled" else "PUBLISH"
    message.add_attachment(
        calendar_file(booking, method, now),
        maintype="text",
        subtype="calendar",
        filename="appointment.ics",
        params={"method": method, "charset": "utf-8"},
    )
    return message


def staff_mail(booking: Booking, what: What, now: datetime, to: str) -> EmailMessage:
    """The mail to the practice. Who it is, is read in the console, behind its login."""
    zone = booking.therapist.zone(get_policy())
    message = new_mail(to, STAFF_SUBJECTS[what].format(when=wording.short(booking.start, zone)), now)
    context = {
        "what": what,
        "when": wording.full(booking.start, zone),
        "how": wording.KIND_WORDS[booking.kind],
        "therapist": booking.therapist.label(get_policy()),
        "console": f"{get_settings().public_url}/staff/bookings/",
    }
    message.set_content(render_to_string("booking/mail/staff.txt", context))
    return message


def calendar_file(booking: Booking, method: str, now: datetime) -> bytes:
    """The .ics: one event in UTC that calendars recognise again when it is moved or cancelled."""
    _, sender = parseaddr(get_settings().mail_from)
    calendar = Calendar()
    calendar.add("prodid", "-//Attune//booking//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    event = Event()
    event.add("uid", f"{booking.public_id}@attune")
    event.add("sequence", booking.revision)
    event.add("dtstamp", now)
    event.add("dtstart", booking.start)
    event.add("dtend", booking.end)
    event.add("summary", "Appointment")
    event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    event["organizer"] = vCalAddress(f"mailto:{sender}")
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content
