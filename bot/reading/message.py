"""What a message means in its conversation: the pipeline's parse in the light of the last question, the offered choices
and an open risk.

The order is that of docs/safety-case.md, "Rules that hold always": the screening's alarm first, then an answer to a
question that was asked, then what a crisis reply left open, then moves, other languages and asides, then the label of
the message itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import SlotSet

from bot.reading import loss
from bot.reading.asides import ANOTHER_LANGUAGE, DETAILS, EMPTY, REPEATED, WORDLESS, aside
from bot.reading.history import about_someone_else, last_crisis, typed_by_parent
from bot.reading.intents import ASIDE_INTENT, FALLBACK_INTENT, FOLLOW_UP_INTENT, SOMEBODY_ELSE_INTENT
from bot.reading.language import ENGLISH, OTHER, SPANISH, language_of, spanish_answer
from bot.reading.moves import Move, move_in, plain
from bot.reading.open_risk import (
    CALLING,
    ONLY_PASSIVE,
    WATCHED,
    explained,
    follow_up,
    in_conversation,
    left_after_denial,
    past_and_over,
)
from bot.reading.passages import leaning_on, look_up, words_for_more
from bot.reading.told_before import told_before
from bot.safety.context import SAFETY_QUESTIONS, kind_of_thoughts, put_off, short_answer
from bot.safety.tiers import CHECK
from bot.safety.verdict import TIER_OF, Verdict
from bot.understanding.after_risk import Heard
from bot.understanding.labels import is_crisis, labels

if TYPE_CHECKING:
    from rasa.core.processor import MessageProcessor
    from rasa.shared.core.trackers import DialogueStateTracker

    from bot.safety.follow_ups import FollowUp

MORE = '"choice": "more"'  # in the payload of "Tell me more"
AT_HOME = "Somebody at home frightens me. "  # what is looked for beside the words then
ARTICLE_AT_HOME = "feeling-unsafe-at-home"
_OF_THEM = re.compile(r"\b(?:she|he|they|her|him|them)(?:['’]\w+)?\b", re.IGNORECASE)
OWN_LIFE = {"crisis_suicide", "crisis_suicide_imminent", "crisis_self_harm"}
_GREETS = re.compile(
    r"^\W*(?:hi+|hiya|he+y+a?|hello+|yo|hola|good (?:morning|evening|afternoon|day)|morning|evening|greetings|"
    r"(?:i.?m )?back(?: again)?)\b(?! (?:hurts?|pain|is|ache))",
    re.IGNORECASE,
)
_WORSE = re.compile(r"\b(?:feel|feeling|felt|worse|heavier|harder)\b", re.IGNORECASE)


async def understand(processor: MessageProcessor, tracker: DialogueStateTracker, text: str) -> dict[str, Any]:
    """The parse of `text` (typed, or a payload) as the rules are to see it; also sets the slots that it decides."""
    parse: dict[str, Any] = await processor.parse_message(UserMessage(text, sender_id=tracker.sender_id), tracker)
    return await (_Pressed if text.startswith("/") else _Typed)(processor, tracker, text, parse).read()


class _Message:
    """A message whose meaning is being found: `parse` as the pipeline left it, `intent` and `verdict` as known so far."""

    def __init__(
        self, processor: MessageProcessor, tracker: DialogueStateTracker, text: str, parse: dict[str, Any]
    ) -> None:
        self._processor = processor
        self._tracker = tracker
        self._text = text
        self._parse = parse
        self._intent: str = parse["intent"]["name"] or FALLBACK_INTENT
        self._verdict = Verdict(**(parse.get("safety") or {}))

    async def _look_up(self, words: str, *, answered: bool = True) -> None:
        await look_up(self._processor, self._tracker, words, self._parse, answered=answered)

    def _read(self) -> dict[str, Any]:
        self._parse["safety"] = self._verdict.as_dict()
        self._parse["intent"]["name"] = self._intent
        return self._parse


class _Pressed(_Message):
    """A choice that was pressed. It names its label; its passages are those of what was asked before ("Tell me more"),
    or of the label's description.
    """

    async def read(self) -> dict[str, Any]:
        """The parse."""
        if label := labels().get(self._intent):
            more = MORE in self._text
            await self._look_up(words_for_more(self._tracker, self._intent, label.what) if more else label.what)
        self._intent = _of_body(self._intent, self._tracker.get_slot("asked"))
        if is_crisis(self._intent):
            self._verdict = Verdict(TIER_OF.get(self._intent, "I"), self._intent, "choice", None)
        self._verdict = in_conversation(self._tracker, self._verdict, self._intent)
        return self._read()


class _Typed(_Message):
    """A message that was typed; what a step finds, the next ones go on from."""

    async def read(self) -> dict[str, Any]:
        """The parse."""
        self._told = typed_by_parent(self._tracker)
        self._doubt_told_before()
        self._language = _language(self._tracker, self._text)
        self._doubt_explained()
        move = None if self._verdict.alarm else self._answer()
        if move and move.intent == "deny" and self._asked == "safety" and self._heard_as(ONLY_PASSIVE):
            move = None  # "no, I wouldn't do anything, I only wish I didn't have to wake up" is more than a no
        if move:
            await self._take(move)
        self._verdict = in_conversation(self._tracker, self._verdict, self._intent)
        found = None if move else self._follow_up()
        if found:
            self._follow(found)
        elif not (move or self._verdict.alarm or self._set_aside()):
            await self._by_topic()
        return self._read()

    @property
    def _asked(self) -> str | None:
        asked: str | None = self._tracker.get_slot("asked")
        return asked

    def _answer(self) -> Move | None:
        found = _answer(self._tracker, self._text, self._asked, self._language)
        return found and found._replace(intent=_of_body(found.intent, self._asked))

    def _follow_up(self) -> FollowUp | None:
        return follow_up(self._tracker, self._text, self._intent, self._verdict, self._heard)

    @property
    def _heard(self) -> Heard | None:
        return Heard(**self._parse["heard"]) if self._parse.get("heard") else None

    def _heard_as(self, kind: str) -> bool:
        return self._heard is not None and self._heard.kind == kind

    def _lead(self, intent: str) -> None:
        """`intent` is what is meant: first in the ranking from now on."""
        self._intent = intent
        first = {"name": intent, "confidence": 1.0}
        rest = (row for row in self._parse["intent_ranking"] if row["name"] != intent)
        self._parse["intent_ranking"] = [first, *rest]

    def _doubt_told_before(self) -> None:
        """An alarm for what was told before already is asked about."""
        loss = bool(self._tracker.get_slot("loss"))
        if self._verdict.alarm and told_before(self._text, self._verdict, self._told, loss=loss):
            self._ask_about("context")

    def _doubt_explained(self) -> None:
        """A doubtful alarm that has another reason is asked about, and so is what comes after a no: new words for it
        ("the bridge on my way to work") may mean that the no was none.
        """
        if left_after_denial(self._tracker, self._verdict, self._text):
            self._tracker.update(SlotSet("turns_since_check", None))
            self._ask_about("context")
        over = past_and_over(self._verdict, self._text)
        if over or explained(self._tracker, self._verdict, self._language, lambda: self._answer() is not None):
            self._ask_about("classifier")

    def _ask_about(self, by: str) -> None:
        ranking = self._parse["intent_ranking"]
        self._lead(next((row["name"] for row in ranking if not is_crisis(row["name"])), FALLBACK_INTENT))
        self._verdict = Verdict(CHECK, self._verdict.label, by, self._text, self._verdict.score)

    async def _take(self, move: Move) -> None:
        """An answer to what was asked, or something done with what is offered or runs."""
        self._lead(move.intent)
        if self._verdict.tier == CHECK and self._verdict.by == "classifier":
            # The words of a move are known, and say no more than that.
            self._verdict = Verdict(score=self._verdict.score)
        if move.choice:
            entity = {"entity": "choice", "value": move.choice, "start": 0, "end": len(self._text)}
            self._parse["entities"] = [entity]
        if self._asked == "intrusive" and move.intent == "feel_intrusive_thoughts":
            self._tracker.update(SlotSet("unwanted", True))
        if is_crisis(move.intent):
            self._verdict = Verdict(TIER_OF[move.intent], move.intent, "context", self._text, self._verdict.score)
        elif move.choice == "more" and (label := labels().get(move.intent)):
            await self._look_up(words_for_more(self._tracker, move.intent, label.what))
        elif self._asked == "intrusive" and move.intent == "feel_intrusive_thoughts":
            await self._look_up(f"{self._text} {labels()[move.intent].what}")

    def _follow(self, found: FollowUp) -> None:
        """What a crisis reply left open is answered, or put off."""
        if found.repeats:
            # Refusing help, or being told that all is well, does not lower somebody else's danger.
            self._intent, risk = "crisis_third_party", self._tracker.get_slot("risk")
            self._verdict = Verdict(risk, self._intent, "context", self._text, self._verdict.score)
            return
        self._parse["follow_up"] = found.name
        if found.name in CALLING:
            self._lead("affirm")
        if found.name == ONLY_PASSIVE:
            # Not acting on it is believed, and not wishing to live is tier S whatever else is said.
            self._verdict = Verdict("S", "crisis_suicide", "context", self._text, self._verdict.score)
            self._intent = FOLLOW_UP_INTENT
            return
        if found.name != WATCHED:
            self._verdict = Verdict(score=self._verdict.score)
        self._intent = FOLLOW_UP_INTENT

    def _set_aside(self) -> bool:
        """Whether it is another language, or words that no label is for."""
        foreign = self._language in {SPANISH, OTHER}
        found = ANOTHER_LANGUAGE if foreign else aside(self._text, self._told, self._asked, self._intent)
        if not found or (found == REPEATED and self._verdict.tier):
            return False
        self._parse["aside"] = found
        if found in {ANOTHER_LANGUAGE, DETAILS} and self._verdict.by == "classifier":
            # It has learnt English only, and no names; the reply in another language has helplines anyway.
            self._verdict = Verdict(score=self._verdict.score)
        if found in {EMPTY, WORDLESS}:
            self._lead("out_of_scope")
        self._intent = ASIDE_INTENT
        return True

    async def _by_topic(self) -> None:
        """The label of the message itself, in the light of a loss or of the answer before."""
        if await self._weigh_loss():
            return
        if self._intent == "feel_worse" and self._tracker.get_slot("missed") and not _WORSE.search(self._text):
            self._lead("not_helpful")  # "still wrong", after an answer that missed
            return
        if self._intent == "greet" and self._told and not _GREETS.search(self._text):
            self._lead("small_talk")  # "7 months now", in the middle of a conversation, begins none
        if topic := await leaning_on(self._processor, self._tracker, self._text, self._parse, self._intent):
            self._intent = topic
            return
        if await self._of_somebody_else() or await self._of_who_frightens():
            return
        if self._bereaved and self._intent.startswith(("feel_", "about_")):
            await self._look_up_after_loss(self._parse["answered"])

    async def _look_up_after_loss(self, answered: bool) -> None:
        """Whatever a parent feels after a loss, it is about the loss: guilt over a nap is not what is meant."""
        if not any(loss.pregnant_now(text) for text in (*self._told, self._text)):
            await self._look_up(loss.AFTER_LOSS + self._text, answered=answered)
            return
        await self._look_up(loss.PREGNANT_AGAIN + self._text, answered=answered)
        # The baby who is expected lives: what is written about a day of death comes last.
        self._parse["passages"].sort(key=lambda row: row["article"] != loss.ARTICLE_OF_PREGNANT_AGAIN)

    async def _of_who_frightens(self) -> bool:
        """Whether a partner is spoken of who frightens the writer: no passage on ordinary strain then."""
        if self._intent != "about_partner" or not self._tracker.get_slot("violence"):
            return False
        await self._look_up(AT_HOME + self._text)
        self._parse["passages"].sort(key=lambda row: row["article"] != ARTICLE_AT_HOME)
        return True

    async def _of_somebody_else(self) -> bool:
        """Whether a feeling is told of the person in danger that the conversation is about; then that is the topic."""
        of_them = about_someone_else(self._tracker) and self._tracker.get_slot("risk")
        if (
            not of_them
            or not self._intent.startswith(("feel_", "ask_how", "ask_why"))
            or not _OF_THEM.search(self._text)
        ):
            return False
        self._lead(SOMEBODY_ELSE_INTENT)
        await self._look_up(f"{labels()[SOMEBODY_ELSE_INTENT].what} {self._text}")
        return True

    @property
    def _bereaved(self) -> bool:
        return bool(self._tracker.get_slot("loss"))

    async def _weigh_loss(self) -> bool:
        """Whether a loss, or a doubt about one, decides what is meant; then it is done."""
        told = self._intent == "about_loss" and loss.named(self._text)
        if told and self._verdict.label == "crisis_medical" and self._verdict.tier == CHECK:
            # "He didn't take a breath, nine days ago": nobody is asked whether it is happening now.
            self._verdict = Verdict(score=self._verdict.score)
        if self._bereaved and self._unsure_after_loss():
            self._lead("about_loss")  # "I haven't got a photo of him": few words, and the grief is known
        if self._bereaved:
            if loss.lives(self._text):
                # The loss was misread, and what was answered for it hurts: it is taken back.
                self._tracker.update(SlotSet("loss", None))
                self._lead("not_helpful")
                self._forget_label("about_loss")
                return True
            if self._intent in loss.OF_A_LIVING_BABY:
                # Said by a parent whose baby has died, it is about the loss: no passage of a living baby.
                self._lead("about_loss")
                await self._look_up(f"{self._text} {labels()[self._intent].what}")
                return True
            return False
        if self._intent != "about_loss":
            return False
        confidence: float = self._parse["intent_ranking"][0]["confidence"]
        if confidence < loss.CERTAIN and loss.of_another(self._text):
            await self._grieve_for_another()
            return True
        if confidence < loss.SURE and not loss.named(self._text):
            self._intent = FALLBACK_INTENT  # asks which of the likeliest topics it is
            return True
        if confidence < loss.SURE:
            # The word was decisive, and the rest of the sentence finds anything.
            await self._look_up(loss.AFTER_LOSS + self._text)
            return True
        return False

    def _unsure_after_loss(self) -> bool:
        """Whether what was read is too weak to speak of anything but the grief; in other danger than S it says nothing."""
        if self._tracker.get_slot("risk") not in {None, "S"} or not self._parse["answered"]:
            return False
        confidence: float = self._parse["intent_ranking"][0]["confidence"]
        return self._intent == FALLBACK_INTENT or (self._intent == "feel_intrusive_thoughts" and confidence < loss.SURE)

    async def _grieve_for_another(self) -> None:
        self._forget_label("about_loss")
        ranking = self._parse["intent_ranking"]
        self._lead(next((row["name"] for row in ranking if row["name"].startswith("feel_")), "feel_low"))
        await self._look_up(loss.OF_ANOTHER)
        found = self._parse["passages"]
        # What else is near those words is about babies who died.
        self._parse["passages"] = [row for row in found if row["article"] == found[0]["article"]]

    def _forget_label(self, name: str) -> None:
        self._parse["intent_ranking"] = [row for row in self._parse["intent_ranking"] if row["name"] != name]


def _of_body(intent: str, asked: str | None) -> str:
    """A yes, or not sure, to the question about the body is an emergency of the body."""
    return "crisis_medical" if asked == "body" and intent in {"affirm", "unsure"} else intent


def _language(tracker: DialogueStateTracker, text: str) -> str | None:
    """The language of this message; a short one keeps that of the conversation."""
    found = language_of(text)
    before = tracker.get_slot("language")
    if found in {SPANISH, OTHER} and found != before:
        tracker.update(SlotSet("language", found))
    elif found == ENGLISH and before:
        tracker.update(SlotSet("language", None))
    return found


def _answer(tracker: DialogueStateTracker, text: str, asked: str | None, language: str | None) -> Move | None:
    """What the text answers to an open question, or does with what is offered or runs."""
    if tracker.get_slot("language") == SPANISH and asked and (spanish := spanish_answer(text)):
        return Move(spanish)
    if language in {SPANISH, OTHER}:
        return None
    mended = " ".join(plain(text))
    if asked == "intrusive" and (thoughts := kind_of_thoughts(mended)):
        return Move(thoughts)
    running, paused = bool(tracker.get_slot("exercise")), bool(tracker.get_slot("paused"))
    offered = [(label, payload) for label, payload in tracker.get_slot("choices") or []]
    if asked in SAFETY_QUESTIONS:
        if asked != "body" and put_off(mended, asked) and (asked == "safety" or last_crisis(tracker) in OWN_LIFE):
            return Move("affirm" if asked == "safety" else "crisis_suicide")
        if found := short_answer(mended, asked):
            return Move(found)
        if move := move_in(text, asked, running=False, offered=offered):
            return move
        if running and (move := move_in(text, None, running=True)):
            # "Next" goes on with the exercise and is no yes to the question beside it.
            tracker.update(SlotSet("asked", None))
            return move
        return None
    if move := move_in(text, asked, running=running, paused=paused, offered=offered):
        return move
    answer = short_answer(mended, asked)
    return Move(answer) if answer else None
