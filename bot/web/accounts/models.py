"""What proves that somebody is who they say: authenticator app, recovery codes, one-time links; and failures."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django_otp.models import Device, ThrottlingMixin, TimestampMixin
from django_otp.oath import TOTP

from bot.web.outgoing.sealed import SealedText

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import User

LINK_LIFE = timedelta(hours=24)
LOCK_WINDOW = timedelta(minutes=15)
MOST_FAILURES = 5  # of one name from one address within LOCK_WINDOW
MOST_FAILURES_ANYWHERE = 30  # of one name, or from one address
ISSUER = "Attune console"
KEY_BYTES = 20  # RFC 4226, section 4: as long as the hash of HMAC-SHA1
STEP, DIGITS = 30, 6  # seconds and digits of a code: what every authenticator app takes
TOLERANCE = 1  # steps that a clock may be off
CODES = 10  # recovery codes of a set


def _new_key() -> str:
    return base64.b32encode(secrets.token_bytes(KEY_BYTES)).decode("ascii")


class AuthenticatorApp(TimestampMixin, ThrottlingMixin, Device):  # type: ignore[misc]  # django-otp has no types
    """The app on somebody's phone that shows a code (TOTP, RFC 6238).

    django-otp's own table keeps the shared key readable. Here it is sealed, so that a stolen backup makes no codes.
    """

    key = SealedText(default=_new_key, help_text="In base32.")
    drift = models.SmallIntegerField(default=0, help_text="Steps by which the phone's clock is known to be off.")
    last_t = models.BigIntegerField(default=-1, help_text="Step of the last code that was taken; none is taken twice.")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user"], name="accounts_one_app"),)

    @property
    def address(self) -> str:
        """What the QR code says (otpauth, as all apps read it)."""
        label = quote(f"{ISSUER}:{self.user.get_username()}")
        return f"otpauth://totp/{label}?{urlencode({'secret': self.key, 'issuer': ISSUER}, quote_via=quote)}"

    @property
    def spelt(self) -> str:
        """The key in groups of four, to type it."""
        return " ".join(self.key[n : n + 4] for n in range(0, len(self.key), 4))

    def get_throttle_factor(self) -> int:
        """Seconds to wait after the first wrong code; doubled by each further one."""
        return 1

    def verify_token(self, token: str) -> bool:
        """Whether `token` is the code of now. A wrong one makes the next wait; called within a transaction."""
        if not self.verify_is_allowed()[0]:
            return False
        digits = "".join(token.split())
        code = TOTP(base64.b32decode(self.key), step=STEP, digits=DIGITS, drift=self.drift)
        code.time = time.time()
        fits = len(digits) == DIGITS and digits.isascii() and digits.isdecimal()
        if not (fits and code.verify(int(digits), TOLERANCE, self.last_t + 1)):
            self.throttle_increment()
            return False
        self.last_t, self.drift = code.t(), code.drift
        self.throttle_reset(commit=False)
        self.set_last_used_timestamp(commit=False)
        self.save(update_fields=["last_t", "drift", "throttling_failure_count", "throttling_failure_timestamp",
                                 "last_used_at"])  # fmt: skip
        return True


def digest(secret: str) -> str:
    """How links and recovery codes are stored: long and random, they need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


class RecoveryCodeQuerySet(models.QuerySet["RecoveryCode"]):
    """Making and spending codes."""

    def renew(self, staff: User) -> list[str]:
        """A new set for `staff`, as it is shown once; the codes before it end."""
        codes = [base64.b32encode(secrets.token_bytes(10)).decode("ascii").lower() for _ in range(CODES)]
        with transaction.atomic():
            self.filter(staff=staff).delete()
            self.bulk_create(RecoveryCode(staff=staff, digest=digest(code)) for code in codes)
        return ["-".join(code[n : n + 4] for n in range(0, 16, 4)) for code in codes]

    def spend(self, staff: User, code: str) -> bool:
        """Uses the code up; False when it is none of theirs (any more)."""
        plain = "".join(code.lower().split()).replace("-", "")
        return self.filter(staff=staff, digest=digest(plain)).delete()[0] == 1


class RecoveryCode(models.Model):
    """One code in place of the app's, for one use."""

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)

    objects = RecoveryCodeQuerySet.as_manager()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["staff", "digest"], name="accounts_code_once"),)

    def __str__(self) -> str:
        return f"recovery code of {self.staff_id}"


class OneTimeLinkQuerySet(models.QuerySet["OneTimeLink"]):
    """Making and finding links; only their digests are stored."""

    def make(self, account: User | None = None) -> str:
        """The token of a new link for `account`, or for the first administrator; earlier ones of theirs end."""
        token = secrets.token_urlsafe(32)
        with transaction.atomic():
            self.filter(account=account, used_at__isnull=True).delete()
            self.create(account=account, digest=digest(token))
        return token

    def valid(self, token: str) -> OneTimeLinkQuerySet:
        """The link of `token` while it is good, as a queryset of one or none."""
        since: datetime = timezone.now() - LINK_LIFE
        return self.filter(digest=digest(token), used_at__isnull=True, created__gt=since)

    def spend(self, token: str) -> bool:
        """Uses the link up; False when it was not good (any more)."""
        return self.valid(token).update(used_at=timezone.now()) == 1


class OneTimeLink(models.Model):
    """A link with which somebody chooses a password: the owner of `account`, or, without one, the first administrator."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="links")
    digest = models.CharField(max_length=64, unique=True)
    created = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True, blank=True)

    objects = OneTimeLinkQuerySet.as_manager()

    def __str__(self) -> str:
        return "used" if self.used_at else "open"


class SignInFailureQuerySet(models.QuerySet["SignInFailure"]):
    """The lock-out: counted in the database, so that it holds over a restart."""

    def recent(self) -> SignInFailureQuerySet:
        """Those that count."""
        return self.filter(at__gt=timezone.now() - LOCK_WINDOW)

    def locked(self, name: str, address: str) -> bool:
        """Whether sign-in with `name` from `address` has to wait."""
        by_name, by_address = self.recent().filter(name=name.lower()), self.recent().filter(address=address)
        return (
            by_name.filter(address=address).count() >= MOST_FAILURES
            or by_name.count() >= MOST_FAILURES_ANYWHERE
            or by_address.count() >= MOST_FAILURES_ANYWHERE
        )

    def failed(self, name: str, address: str) -> None:
        """Counts a failure, and drops those that count no longer."""
        self.filter(at__lte=timezone.now() - LOCK_WINDOW).delete()
        self.create(name=name.lower(), address=address)

    def forgive(self, name: str, address: str | None = None) -> int:
        """After a good sign-in, or because an administrator says so; returns how many were forgiven."""
        of = self.filter(name=name.lower())
        return (of.filter(address=address) if address is not None else of).delete()[0]


class SignInFailure(models.Model):
    """A password or a code that did not fit in the last LOCK_WINDOW."""

    name = models.CharField(max_length=150)
    address = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = SignInFailureQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.at:%H:%M} {self.address}"


def app_of(staff: Any, *, confirmed: bool = True) -> AuthenticatorApp | None:
    """The authenticator app of `staff`, or None."""
    found: AuthenticatorApp | None = AuthenticatorApp.objects.filter(user_id=staff.pk, confirmed=confirmed).first()
    return found
