"""The on-call alert: who is on call is told at once when a conversation raises an alarm, without a word of it."""
