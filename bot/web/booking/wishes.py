"""What a parent asks for, and the ways in which it cannot be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class BookingError(Exception):
    """A booking, move or cancellation that cannot be; nothing was changed."""


class SlotTakenError(BookingError):
    """Someone else has the slot."""


class SlotPassedError(BookingError):
    """The slot is in the past, or too soon to be booked."""


class NoSuchSlotError(BookingError):
    """The hours have no such slot."""


class OtherKindError(BookingError):
    """The therapist does not offer this kind of consultation."""


class TooManyBookingsError(BookingError):
    """The session has as many bookings to come as one session may have."""


class TooLateError(BookingError):
    """Too little time is left for a change, or the booking is no longer live."""


class NotNowError(BookingError):
    """The state of the booking does not allow it: nobody can have failed to come before it began."""


class ChangedMeanwhileError(BookingError):
    """The page that asks shows an older state of the booking."""


@dataclass(frozen=True)
class Wish:
    """A booking as asked for, already checked for form.

    `session` is a keyed digest of the chat session: enough for limits, too little to join a name to a conversation.
    """

    therapist: int
    start: datetime
    kind: str
    name: str
    contact: str
    email: str
    phone: str
    note: str
    time_zone: str
    session: str
