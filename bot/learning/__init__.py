"""Learns from corrections: masked, without duplicates, seen by a person, measured, and put in use only if nothing fell."""
