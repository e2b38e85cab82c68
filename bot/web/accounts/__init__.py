"""Accounts of staff: roles, signing in with a second factor, one-time links, sessions that end."""
