"""The page of the models: which one answers, how well each reads, and what was learnt."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.views.decorators.http import require_safe

from bot import register
from bot.learning.gate import IN_WORDS, MUST_NOT_FALL, MUST_NOT_RISE
from bot.model_card import cards
from bot.settings import get_settings
from bot.web.chat.models import Conversation
from bot.web.learning.models import Learnt, Withdrawal, waiting_corrections
from bot.web.review.access import access

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from bot.model_card import Card

MOST = 20


@require_safe
@access("models")
def models(request: HttpRequest) -> HttpResponse:
    """Every model's card, the newest first. Nothing can be changed here: that is done with `attune models`."""
    folder = get_settings().models
    known = register.read(folder)
    answering = (
        Conversation.objects.kept().exclude(model="").order_by("-updated").values_list("model", flat=True).first()
    )
    context: dict[str, Any] = {
        "models": [_row(card, known) for card in cards(folder)[:MOST]],
        "choice": known.choice,
        "answering": register.name_of(folder / answering) if answering else "",
        "waiting": waiting_corrections().count(),
        "learnt": Learnt.objects.filter(undone=False).count(),
        "withdrawn": Withdrawal.objects.count(),
        "history": [{"choice": one, "at": _moment(one.at)} for one in reversed(known.choices)][:MOST],
    }
    return render(request, "learning/models.html", context)


def _row(card: Card, known: register.Register) -> dict[str, Any]:
    figures = [
        {"name": IN_WORDS[name].capitalize(), "percent": figure.value * 100, "of": figure.of,
         "low": figure.interval[0] * 100 if figure.interval else None,
         "high": figure.interval[1] * 100 if figure.interval else None}
        for name in (*MUST_NOT_FALL, *MUST_NOT_RISE)
        if (figure := card.figures.get(name))
    ]  # fmt: skip
    promoted = _moment(card.promoted["at"]) if card.promoted else None
    there = card.name in known.entries
    return {"card": card, "figures": figures, "there": there, "trained": _moment(card.trained), "promoted": promoted}


def _moment(text: str) -> datetime | None:
    """The moment that a card names; None where it cannot be read."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
