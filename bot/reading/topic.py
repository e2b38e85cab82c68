"""What a message is about: the label of the message itself, in the light of a loss, of who is in danger, and of the
answer before.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from rasa.shared.core.events import SlotSet

from bot.reading import loss
from bot.reading.asides import FACT, TOLD
from bot.reading.facts import bare_fact
from bot.reading.history import about_someone_else, last_topic
from bot.reading.intents import ASIDE_INTENT, FALLBACK_INTENT, SOMEBODY_ELSE_INTENT
from bot.reading.open_risk import SOFT_FROM, needs_no_number
from bot.reading.passages import FEW_WORDS, leaning_on, look_up
from bot.safety.tiers import CHECK
from bot.safety.verdict import Verdict
from bot.understanding.after_risk import Heard
from bot.understanding.labels import labels

if TYPE_CHECKING:
    from rasa.core.processor import MessageProcessor
    from rasa.shared.core.trackers import DialogueStateTracker

AT_HOME = "Somebody at home frightens me. "  # what is looked for beside the words then
ARTICLE_AT_HOME = "feeling-unsafe-at-home"
OF_THE_PRACTICE = {"request_booking", "manage_booking", "ask_consultation"}
HOW_LONG_A_TALK = "How long is the free consultation? What happens in it?"
_OF_ME = re.compile(r"\b(?:i|me|my|mine|myself)\b", re.IGNORECASE)
_OF_THEM = re.compile(r"\b(?:she|he|they|her|him|them)(?:['’]\w+)?\b", re.IGNORECASE)
_OF_YOU = re.compile(
    r"\b(?:you|your|youre|u|ur|bot|robot|chatbot|anyone|anybody|somebody there|hello)\b|^\W*(?:tell|sing|say|knock)\b",
    re.IGNORECASE,
)
LEAST_TOLD = 4  # words; fewer are ordinary talk also in mid-story
SAYS_MORE = frozenset({"about_loss", "about_nicu"})  # labels under which a number or a time is none alone
# After these a number may be a dose, a temperature, an appointment.
ASKED_FOR_NUMBERS = frozenset(
    {"ask_medical", "ask_medication", "about_substances", "request_booking", "manage_booking"}
)
_NIGHT = re.compile(r"^(?:\W*night)+\W*$", re.IGNORECASE)  # a goodbye
FAINT_FACT = -1.7  # a check of the classifier below this score keeps no bare fact from being that
_TABLETS = re.compile(
    r"\b(?:pills?|tablets?|tabs|paracetamol|tylenol|ibuprofen|codeine|zopiclone|insulin|meds?|medicines?|medication|overdose)\b",
    re.IGNORECASE,
)
_GREETS = re.compile(
    r"^\W*(?:hi+|hiya|he+y+a?|hello+|yo|hola|good (?:morning|evening|afternoon|day)|morning|evening|greetings|"
    r"(?:i.?m )?back(?: again)?)\b(?! (?:hurts?|pain|is|ache))",
    re.IGNORECASE,
)
_WORSE = re.compile(r"\b(?:feel|feeling|felt|worse|heavier|harder)\b", re.IGNORECASE)


class Message:
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
        self._told: list[str] = []  # what the parent wrote before

    def _lead(self, intent: str) -> None:
        """`intent` is what is meant: first in the ranking from now on."""
        self._intent = intent
        first = {"name": intent, "confidence": 1.0}
        rest = (row for row in self._parse["intent_ranking"] if row["name"] != intent)
        self._parse["intent_ranking"] = [first, *rest]

    async def _look_up(self, words: str, *, answered: bool = True) -> None:
        await look_up(self._processor, self._tracker, words, self._parse, answered=answered)

    def _read(self) -> dict[str, Any]:
        self._parse["safety"] = self._verdict.as_dict()
        self._parse["intent"]["name"] = self._intent
        return self._parse


class WithTopic(Message):
    """A message that was typed and is no answer, move or aside: `_by_topic` finds what it is about."""

    @property
    def _heard(self) -> Heard | None:
        return Heard(**self._parse["heard"]) if self._parse.get("heard") else None

    async def _by_topic(self) -> None:
        """The label of the message itself, in the light of a loss or of the answer before."""
        if await self._weigh_loss() or self._told_in_passing():
            return
        if self._intent == "feel_worse" and self._tracker.get_slot("missed") and not _WORSE.search(self._text):
            self._lead("not_helpful")  # "still wrong", after an answer that missed
            return
        if self._intent == "request_helplines" and needs_no_number(self._text):
            self._lead("not_helpful")  # "I need tips, not a hotline"
            return
        if self._intent == "greet" and self._told and not _GREETS.search(self._text):
            self._lead("small_talk")  # "7 months now", in the middle of a conversation, begins none
        if await self._of_the_practice():
            return
        if topic := await leaning_on(self._processor, self._tracker, self._text, self._parse, self._intent):
            self._intent = topic
            return
        if await self._of_somebody_else() or await self._of_who_frightens():
            return
        if self._bereaved and self._intent.startswith(("feel_", "about_")):
            await self._look_up_after_loss(self._parse["answered"])

    @property
    def _pregnant_again(self) -> bool:
        """Whether the parent who lost a baby is pregnant now."""
        return any(map(loss.pregnant_now, loss.since_told([*self._told, self._text])))

    async def _look_up_after_loss(self, answered: bool) -> None:
        """Whatever a parent feels after a loss, it is about the loss: guilt over a nap is not what is meant."""
        again = self._pregnant_again
        await self._look_up((loss.PREGNANT_AGAIN if again else loss.AFTER_LOSS) + self._text, answered=answered)
        # The baby who is expected lives: nothing of a day of death. Of the one who died, nothing of other parents' babies.
        # Neither gets what is only near the words.
        found = self._parse["passages"]
        article = loss.ARTICLE_OF_PREGNANT_AGAIN if again else loss.ARTICLE_OF_LOSS
        self._parse["passages"] = [row for row in found if row["article"] == article] or found

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
        told = _OF_THEM.search(self._text) and not _OF_ME.search(self._text)
        if not of_them or not told or not self._intent.startswith(("feel_", "ask_why")):
            return False
        self._lead(SOMEBODY_ELSE_INTENT)
        await self._look_up(f"{labels()[SOMEBODY_ELSE_INTENT].what} {self._text}")
        return True

    async def _of_the_practice(self) -> bool:
        """Whether "how long does it last?", after a word on booking, asks about the consultation."""
        short = len(self._text.split()) <= FEW_WORDS
        if self._intent != "ask_duration" or not short or last_topic(self._tracker) not in OF_THE_PRACTICE:
            return False
        self._lead("ask_consultation")
        await self._look_up(HOW_LONG_A_TALK)
        return True

    def _told_in_passing(self) -> bool:
        """Whether it is a bare fact or good news in the middle of a conversation, and no ordinary talk."""
        if not self._told or self._tracker.get_slot("risk") or self._bereaved or _GREETS.search(self._text):
            return False
        found = self._kind_of_telling()
        if not found:
            return False
        self._parse["aside"], self._intent = found, ASIDE_INTENT
        return True

    def _kind_of_telling(self) -> str | None:
        """The aside that something told is. Once a conversation is about something, what sounds like ordinary talk and
        asks nothing belongs to it: "it'll break his heart, he has waited nine years".
        """
        ordinary = self._intent in {"small_talk", "greet"}
        heard = self._heard if ordinary else None
        if heard and heard.share >= SOFT_FROM and (kind := TOLD.get(heard.kind)):
            return kind
        topic = self._tracker.get_slot("topic") or ""
        if bare_fact(self._text) and not _NIGHT.match(self._text):
            of_body = self._tracker.get_slot("asked") == "body"  # then it is asked again
            if self._intent in SAYS_MORE or (topic in ASKED_FOR_NUMBERS and not of_body):
                return None
            self._weigh_fact()
            return FACT
        about = topic.startswith(("feel_", "about_")) and len(self._text.split()) >= LEAST_TOLD
        return FACT if ordinary and about and "?" not in self._text and not _OF_YOU.search(self._text) else None

    def _weigh_fact(self) -> None:
        """What a bare fact is to be asked about: a number right after tablets were named; nothing where the classifier is
        hardly alarmed, or of life where the body was asked about.
        """
        verdict, of_body = self._verdict, self._verdict.label == "crisis_medical"
        if _TABLETS.search(self._told[-1]):
            self._verdict = Verdict(CHECK, "crisis_medical", "rules", self._text, verdict.score)
        elif verdict.by == "classifier" and not of_body:
            # "mostly at night" holds nothing to ask about
            faint = verdict.score < FAINT_FACT or self._tracker.get_slot("asked") == "body"
            self._verdict = Verdict(score=verdict.score) if faint else verdict

    @property
    def _bereaved(self) -> bool:
        return bool(self._tracker.get_slot("loss"))

    async def _weigh_loss(self) -> bool:
        """Whether a loss, or a doubt about one, decides what is meant; then it is done."""
        told = self._intent == "about_loss" and loss.told_as_past(self._text)
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
                what = labels()[self._intent].what
                asks = self._intent.startswith("ask_")
                self._lead("about_loss")
                if asks and not self._pregnant_again:
                    await self._look_up(f"{self._text} {what}")
                else:
                    await self._look_up_after_loss(answered=True)
                return True
            return False
        if self._intent != "about_loss":
            return False
        confidence: float = self._parse["intent_ranking"][0]["confidence"]
        if confidence < loss.CERTAIN and loss.of_another(self._text):
            await self._grieve_for_another()
            return True
        topic = self._tracker.get_slot("topic")
        at_home = topic in loss.OF_A_BABY_AT_HOME or any(map(loss.cares_for_a_baby, self._told))
        if (confidence < loss.SURE or at_home) and not loss.named(self._text):
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
