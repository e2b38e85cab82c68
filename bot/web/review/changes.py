"""What staff change: a conversation's review, tags and notes, and what a turn should have been."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from bot.masking import mask
from bot.understanding.labels import is_crisis, labels
from bot.web.accounts.roles import staff as staff_members
from bot.web.chat.models import Conversation, Turn
from bot.web.review import opinions, passages, saved_tests, undoing
from bot.web.review.access import access, may
from bot.web.review.filters import Filters
from bot.web.review.models import MOST_NOTE, NOT_A_CRISIS, Change, Note, Review, Tag, ViewRecord

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    Act = Callable[[HttpRequest, Conversation], None]

MOST_TAGS = 20  # of one conversation
_TAG = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


class RefusedError(ValueError):
    """What was asked for cannot be done; the message says why."""


def _back(request: HttpRequest, conversation: str, anchor: str = "") -> HttpResponse:
    """To the transcript again, in the same list of conversations; or to that list, where the change was made there."""
    query = Filters.read(request.GET).query
    if request.POST.get("back") == "inbox":
        page = request.POST.get("page", "")
        query += f"{'&' if query else ''}page={page}" if page.isdecimal() and page.isascii() else ""
        return HttpResponseRedirect(f"{reverse('review:inbox')}{f'?{query}' if query else ''}")
    path = reverse("review:transcript", args=[conversation])
    return HttpResponseRedirect(f"{path}{f'?{query}' if query else ''}{f'#{anchor}' if anchor else ''}")


@require_POST
@access("staff")
def review(request: HttpRequest, conversation_id: str) -> HttpResponse:
    """One change of a conversation as a whole, with a note of how it was before and a record of who did it."""
    try:
        with transaction.atomic():
            conversation = _locked(conversation_id)
            does, what = _asked_for(request.POST.get("action", ""))
            does(request, conversation)
            ViewRecord.objects.record(request.user, ViewRecord.REVIEW, conversation.pk, what)
    except RefusedError as error:
        return _refuse(request, str(error), conversation_id, request.POST.get("text", ""))
    return _back(request, conversation_id)


def _locked(conversation_id: str) -> Conversation:
    """The conversation, locked until the transaction ends; raises Http404 once it was erased.

    Erasing it, and what colleagues change of it, come before or after: nothing is written about what is gone.
    """
    return get_object_or_404(Conversation.objects.kept().select_for_update(), pk=conversation_id)


def _asked_for(action: str) -> tuple[Act, str]:
    if action not in ACTIONS:
        raise RefusedError("There is no such action.")
    return ACTIONS[action]


def _refuse(request: HttpRequest, problem: str, conversation: str, note: str = "") -> HttpResponse:
    context = {"problem": problem, "conversation": conversation, "note": note[:MOST_NOTE]}
    return render(request, "review/refused.html", context, status=422)


def _staff(request: HttpRequest) -> int:
    assert request.user.pk is not None  # noqa: S101 - access lets nobody else in
    return int(request.user.pk)


def _must_not_decide(request: HttpRequest, conversation: Conversation) -> None:
    """Where two reviewers differ, a third decides: who may (see access). The two may still change their minds."""
    review = Review.objects.filter(conversation=conversation).first()
    by = list(conversation.completions.values_list("staff_id", flat=True))
    if review and review.disputed and _staff(request) not in by and not may(request.user, "decide"):
        raise RefusedError("Two reviewers differ in this conversation. A supervisor decides.")


def _complete(request: HttpRequest, conversation: Conversation) -> None:
    _must_not_decide(request, conversation)
    before = undoing.completions(conversation)
    opinions.complete(conversation, _staff(request))
    undoing.noted(conversation, _staff(request), "marked as reviewed", undoing.completed(conversation, before))


def _take_back(request: HttpRequest, conversation: Conversation) -> None:
    before = undoing.completions(conversation)
    opinions.take_back(conversation, _staff(request))
    undoing.noted(conversation, _staff(request), "marked as not reviewed", undoing.completed(conversation, before))


def _flag(what: str, *, flagged: bool) -> Act:
    def does(request: HttpRequest, conversation: Conversation) -> None:
        before = undoing.marks(conversation, flagged=flagged)
        Review.objects.update_or_create(conversation=conversation, defaults={"flagged": flagged})
        undoing.noted(conversation, _staff(request), what, before)

    return does


def _second(what: str, *, wanted: bool) -> Act:
    def does(request: HttpRequest, conversation: Conversation) -> None:
        before = undoing.marks(conversation, second_wanted=wanted)
        opinions.want_second(conversation, wanted)
        undoing.noted(conversation, _staff(request), what, before)

    return does


def _assign(request: HttpRequest, conversation: Conversation) -> None:
    if not may(request.user, "assign"):
        raise PermissionDenied
    wanted = request.POST.get("to", "")
    people = staff_members().filter(is_active=True)
    person = people.filter(pk=int(wanted)).first() if wanted.isdecimal() and len(wanted) < 10 else None
    if wanted and person is None:
        raise RefusedError("There is nobody of that kind. Choose somebody from the list.")
    before = undoing.marks(conversation, assigned_to_id=person.pk if person else None)
    Review.objects.update_or_create(conversation=conversation, defaults={"assigned_to": person})
    what = f"assigned to {person.get_username()}" if person else "assigned to nobody"
    undoing.noted(conversation, _staff(request), what[:100], before)


def _tag_name(request: HttpRequest) -> str:
    name = re.sub(r"[\s_]+", "-", request.POST.get("tag", "").strip().lower())
    if not _TAG.fullmatch(name):
        raise RefusedError("A tag is a word or two of letters, digits and hyphens, at most 40 characters.")
    return name


def _tag(request: HttpRequest, conversation: Conversation) -> None:
    name = _tag_name(request)
    if conversation.tags.count() >= MOST_TAGS:
        raise RefusedError(f"A conversation has at most {MOST_TAGS} tags. Take one away first.")
    _known, new = Tag.objects.get_or_create(
        conversation=conversation, name=name, defaults={"staff_id": _staff(request)}
    )
    undoing.noted(conversation, _staff(request), f"tagged {name}", undoing.tag(name, put=new))


def _untag(request: HttpRequest, conversation: Conversation) -> None:
    name = _tag_name(request)
    gone, _by_model = conversation.tags.filter(name=name).delete()
    undoing.noted(conversation, _staff(request), f"tag {name} taken away", undoing.tag(name, taken=bool(gone)))


def _note(request: HttpRequest, conversation: Conversation) -> None:
    text = _text_of(request, "text")
    if not text:
        raise RefusedError("The note is empty.")
    if len(text) > MOST_NOTE:
        raise RefusedError(f"Please keep the note under {MOST_NOTE} characters.")
    written = Note.objects.create(conversation=conversation, text=text, staff_id=_staff(request))
    undoing.noted(conversation, _staff(request), "note written", undoing.note(written, there=False))


def _unnote(request: HttpRequest, conversation: Conversation) -> None:
    wanted = request.POST.get("note", "")
    mine = conversation.notes.filter(staff_id=_staff(request))
    written = mine.filter(pk=int(wanted)).first() if wanted.isdecimal() and len(wanted) < 19 else None
    if written is None:
        raise RefusedError("There is no such note of yours.")
    undoing.noted(conversation, _staff(request), "note deleted", undoing.note(written, there=True))
    written.delete()


def _save_test(request: HttpRequest, conversation: Conversation) -> None:
    before = saved_tests.read(conversation.pk)
    saved_tests.save(conversation, lambda text: mask(text).text)
    undoing.noted(conversation, _staff(request), "saved as a conversation test", undoing.test(conversation, before))


def _drop_test(request: HttpRequest, conversation: Conversation) -> None:
    before = saved_tests.read(conversation.pk)
    saved_tests.remove(conversation.pk)
    undoing.noted(conversation, _staff(request), "conversation test deleted", undoing.test(conversation, before))


# What the form of a conversation can ask for, and the words of the record.
ACTIONS: dict[str, tuple[Act, str]] = {
    "reviewed": (_complete, "marked as reviewed"),
    "open": (_take_back, "marked as not reviewed"),
    "flag": (_flag("flagged", flagged=True), "flagged"),
    "unflag": (_flag("flag taken away", flagged=False), "flag taken away"),
    "second": (_second("second reviewer asked for", wanted=True), "second reviewer asked for"),
    "no-second": (_second("no second reviewer wanted", wanted=False), "no second reviewer wanted"),
    "assign": (_assign, "assigned"),
    "tag": (_tag, "tagged"),
    "untag": (_untag, "tag taken away"),
    "note": (_note, "note written"),
    "unnote": (_unnote, "note deleted"),
    "test": (_save_test, "saved as a conversation test"),
    "untest": (_drop_test, "conversation test deleted"),
}


def _text_of(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\r\n", "\n").replace("\x00", "").strip()


@require_POST
@access("staff")
def correct(request: HttpRequest, turn_id: int) -> HttpResponse:
    """Stores what this member of staff thinks of a turn; with everything empty, takes it back."""
    turn = get_object_or_404(Turn.objects.filter(conversation__erased_at__isnull=True), pk=turn_id)
    values = {
        "intent": _text_of(request, "intent"),
        "crisis_label": _text_of(request, "crisis_label"),
        "passage": _text_of(request, "passage"),
        "note": _text_of(request, "note"),
    }
    problem = _problem(**values)
    if problem:
        return _refuse(request, problem, turn.conversation_id, values["note"])
    said = values["intent"] or values["crisis_label"] or ("passage" if values["passage"] else "")
    what = f"turn {turn.position + 1}: {said or ('note' if values['note'] else 'taken back')}"
    try:
        with transaction.atomic():
            conversation = _locked(turn.conversation_id)
            turn = conversation.turns.get(pk=turn.pk)
            _must_not_decide(request, conversation)
            before = undoing.judgement(turn, _staff(request))
            opinions.judge(turn, _staff(request), values)
            undoing.noted(conversation, _staff(request), what[:100], before, turn)
            ViewRecord.objects.record(request.user, ViewRecord.CORRECTION, conversation.pk, what)
    except RefusedError as error:
        return _refuse(request, str(error), turn.conversation_id, values["note"])
    return _back(request, turn.conversation_id, f"turn-{turn.position + 1}")


def _problem(intent: str, crisis_label: str, passage: str, note: str) -> str:
    """What is wrong with a correction; empty when it can be stored."""
    if intent and (intent not in labels() or is_crisis(intent)):
        return f"There is no intent called {intent[:60]}. Choose one from the list."
    if crisis_label and crisis_label != NOT_A_CRISIS and not (crisis_label in labels() and is_crisis(crisis_label)):
        return f"There is no crisis label called {crisis_label[:60]}."
    if passage and passages.by_id(passage) is None:
        return "There is no such passage in the articles any more. Search for another."
    return f"Please keep the note under {MOST_NOTE} characters." if len(note) > MOST_NOTE else ""


@require_POST
@access("staff")
def undo(request: HttpRequest, change_id: int) -> HttpResponse:
    """Takes back the last change of this member of staff in a conversation."""
    wanted = get_object_or_404(Change, pk=change_id, staff_id=_staff(request))
    with transaction.atomic():
        conversation = _locked(wanted.conversation_id)
        change = undoing.latest(_staff(request), conversation)
        if change is None or change.pk != wanted.pk:
            return _refuse(request, "Something was changed after that, or it is too long ago.", conversation.pk)
        done = undoing.undo(change)
        if done:
            ViewRecord.objects.record(request.user, ViewRecord.REVIEW, change.conversation_id, f"undone: {change.what}")
    if not done:
        return _refuse(request, "Somebody has changed this since. It was left as it is now.", change.conversation_id)
    anchor = f"turn-{change.turn.position + 1}" if change.turn else ""
    return _back(request, change.conversation_id, anchor)
