"""What staff add to conversations, what the inbox lists, and the record of what staff looked at."""

from bot.web.review.models.opinions import Completion, Judgement
from bot.web.review.models.personal import Presence, SavedFilter
from bot.web.review.models.records import ViewRecord
from bot.web.review.models.reviews import MOST_NOTE, NOT_A_CRISIS, Change, Correction, Note, Review, Tag
from bot.web.review.models.summary import Summary

__all__ = [
    "MOST_NOTE",
    "NOT_A_CRISIS",
    "Change",
    "Completion",
    "Correction",
    "Judgement",
    "Note",
    "Presence",
    "Review",
    "SavedFilter",
    "Summary",
    "Tag",
    "ViewRecord",
]
