"""The staff console: reading conversations, correcting what was misunderstood, and a record of who looked."""
