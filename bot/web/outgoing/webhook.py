"""How a call of a webhook leaves: as JSON over HTTP, signed where the settings have a secret for it."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from bot.settings import get_settings
from bot.web.outgoing.carriers import Carrier, NotDeliveredError

if TYPE_CHECKING:
    from bot.web.outgoing.models import Parcel

TIMEOUT = 10.0  # seconds for a whole call
SIGNATURE = "X-Attune-Signature"
DELIVERY = "X-Attune-Delivery"


def signature(body: bytes, secret: str) -> str:
    """What SIGNATURE holds for `body`: "sha256=" and the HMAC-SHA256 of it in hex digits."""
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


@dataclass(frozen=True)
class WebhookCarrier:
    """Posts JSON. Any answer of 2xx is a receipt; everything else is tried again, since it can be mended there."""

    secret: str | None = None

    def deliver(self, parcel: Parcel) -> None:
        """Posts the parcel's content to its recipient, within TIMEOUT."""
        body = parcel.content.encode()
        # The same at every attempt: a receiver that was called twice after a crash can tell.
        headers = {"Content-Type": "application/json", "User-Agent": "Attune", DELIVERY: parcel.name}
        if self.secret:
            headers[SIGNATURE] = signature(body, self.secret)
        try:
            status = asyncio.run(_post(parcel.recipient, body, headers))
        except (asyncio.TimeoutError, httpx.HTTPError, httpx.InvalidURL, OSError) as problem:
            raise NotDeliveredError(type(problem).__name__) from None
        if not 200 <= status < 300:
            raise NotDeliveredError(f"status {status}")


async def _post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """The status of the answer, whose body nobody reads."""

    async def call() -> int:
        # A proxy of the environment is for the world outside; http goes to this machine only.
        outside = url.startswith("https:")
        async with (
            httpx.AsyncClient(timeout=TIMEOUT, trust_env=outside) as client,
            client.stream("POST", url, content=body, headers=headers) as answer,
        ):
            return answer.status_code

    # One limit over all: httpx's own count each phase, and a trickle of bytes would pass them for ever.
    return await asyncio.wait_for(call(), TIMEOUT)


def webhook_carrier() -> Carrier:
    """The carrier of the settings: signs with ATTUNE_ONCALL_SECRET where it is set."""
    return WebhookCarrier(get_settings().oncall_secret)
