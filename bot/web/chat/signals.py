"""What the chat tells other apps, without knowing them."""

from __future__ import annotations

from django.dispatch import Signal

# Sent with `conversation` and `turn` in the transaction that stores the turn. A receiver that fails is logged and
# takes nothing with it, as long as it works in a savepoint of its own.
turn_stored = Signal()
# The same, where a turn that is stored already has got its tier later.
turn_heard = Signal()
