"""The public chat API: sessions, turns, limits, and an answer whatever fails."""
