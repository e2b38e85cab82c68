"""What a message means in its conversation: the pipeline's parse in the light of the last question, the offered choices
and an open risk.

The order is that of docs/safety-case.md, "Rules that hold always": the screening's alarm first, then an answer to a
question that was asked, then what a crisis reply left open, then moves, other languages and asides, then the label of
the message itself.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import SlotSet

from bot.reading.amid_risk import means_the_baby, wants_an_exercise, when_it_is_to_be
from bot.reading.asides import ANOTHER_LANGUAGE, DETAILS, EMPTY, REPEATED, WORDLESS, aside, silent
from bot.reading.doubt import (
    EXPLAINED_BELOW,
    OWN_LIFE,
    doubtful,
    explained,
    in_conversation,
    in_passing,
    left_after_denial,
    past_and_over,
)
from bot.reading.facts import says_how_often
from bot.reading.history import OF_A_BABY_OR_ANOTHER, last_crisis, said_by_parent
from bot.reading.intents import ASIDE_INTENT, FALLBACK_INTENT, FOLLOW_UP_INTENT
from bot.reading.language import ENGLISH, OTHER, SPANISH, language_of, spanish_answer
from bot.reading.move_rules import Move
from bot.reading.moves import move_in, plain
from bot.reading.open_risk import (
    CALLING,
    MORE_THAN_AN_ANSWER,
    ONLY_OK,
    ONLY_PASSIVE,
    SYMPTOM,
    WATCHED,
    follow_up,
    says_away,
)
from bot.reading.passages import words_for_more
from bot.reading.told_before import told_before
from bot.reading.topic import Message, WithTopic
from bot.safety.context import SAFETY_QUESTIONS, firm_no, only_polite, polite_beginning, put_off, short_answer
from bot.safety.thoughts import kind_of_thoughts
from bot.safety.tiers import CHECK
from bot.safety.verdict import TIER_OF, Verdict
from bot.understanding.labels import is_crisis, labels

if TYPE_CHECKING:
    from rasa.core.processor import MessageProcessor
    from rasa.shared.core.trackers import DialogueStateTracker

    from bot.safety.follow_ups import FollowUp

MORE = '"choice": "more"'  # in the payload of "Tell me more"
# Score below which a check of the classifier does not keep what the senses find from being just that.
FAINT = -1.5
REPEATS = {ONLY_PASSIVE: ("S", "crisis_suicide"), SYMPTOM: ("E", "crisis_medical")}  # tier and label of an alarm


async def understand(processor: MessageProcessor, tracker: DialogueStateTracker, text: str) -> dict[str, Any]:
    """The parse of `text` (typed, or a payload) as the rules are to see it; also sets the slots that it decides."""
    parse: dict[str, Any] = await processor.parse_message(UserMessage(text, sender_id=tracker.sender_id), tracker)
    return await (_Pressed if text.startswith("/") else _Typed)(processor, tracker, text, parse).read()


class _Pressed(Message):
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


class _Typed(WithTopic):
    """A message that was typed; what a step finds, the next ones go on from."""

    async def read(self) -> dict[str, Any]:
        """The parse."""
        self._told = said_by_parent(self._tracker)
        self._doubt_told_before()
        self._language = _language(self._tracker, self._text)
        self._doubt_explained()
        if self._told and self._asked not in SAFETY_QUESTIONS and in_passing(self._verdict, self._text):
            self._verdict = Verdict(score=self._verdict.score)
        self._alarm_at_a_time()
        answer = None if self._verdict.alarm else self._answer()
        move = answer.move if answer and not self._more_than(answer.move) else None
        if answer and move:
            if answer.closes:
                self._tracker.update(SlotSet("asked", None))
            await self._take(move)
        elif self._asked == "body" and not self._verdict.alarm:
            self._take_reading_of_body()
        elif self._asked == "safety" and not self._verdict.alarm and (silent(self._text) or says_how_often(self._text)):
            await self._take(Move("unsure"))  # no word is no no, and "every night" is none either
        elif self._asked == "safety" and self._intent == "affirm" and polite_beginning(self._text):
            self._lead("thank")  # "ok good. So what have you got now?" is a yes to something else
        self._verdict = in_conversation(self._tracker, self._verdict, self._intent)
        found = None if move else self._follow_up()
        if found:
            self._follow(found)
        elif not (move or self._verdict.alarm or self._asks_for_exercise() or self._set_aside()):
            await self._by_topic()
        return self._read()

    @property
    def _asked(self) -> str | None:
        asked: str | None = self._tracker.get_slot("asked")
        return asked

    def _answer(self) -> Answer | None:
        faint = self._verdict.by == "classifier" and self._verdict.score < FAINT
        calm = self._verdict.tier is None or (self._verdict.tier == CHECK and faint)
        found = _answer(self._tracker, self._text, self._asked, self._language, calm=calm)
        if found is None or found.closes:
            return found
        return found._replace(move=found.move._replace(intent=_of_body(found.move.intent, self._asked)))

    def _follow_up(self) -> FollowUp | None:
        return follow_up(self._tracker, self._text, self._intent, self._verdict, self._heard)

    def _more_than(self, move: Move) -> bool:
        """Whether the message says more than `move`: "no, I only wish I didn't have to wake up"; "stop, he's here" of
        who frightens the writer.
        """
        found = self._follow_up()
        if found is None:
            return False
        passive = found.name == ONLY_PASSIVE and move.intent == "deny" and self._asked == "safety"
        if passive and firm_no(self._text):
            return False
        owned = move.intent in {"affirm", "unsure"} and self._asked in {"safety", "body"}
        watched = found.name == WATCHED and bool(self._tracker.get_slot("violence"))
        if watched and move.intent == "affirm" and self._asked == "safe_to_chat" and says_away(self._text):
            return False  # "he's out" is heard as much like "he's home"
        more = watched or found.name in MORE_THAN_AN_ANSWER or (found.name == ONLY_OK and move.choice is None)
        return passive or (more and not owned and not is_crisis(move.intent))

    def _alarm_at_a_time(self) -> None:
        """ "No. tonight", while a life is at risk, is when it is to be; "I want to do it again", after a baby was hurt, is
        of the baby.
        """
        doubt = doubtful(self._verdict, EXPLAINED_BELOW)  # what is plainly said of the writer's own life stays that
        if doubt and self._verdict.label in OWN_LIFE and means_the_baby(self._tracker, self._text):
            self._lead("crisis_harm_baby")
            self._verdict = replace(self._verdict, tier="I", label="crisis_harm_baby")
            return
        if not self._verdict.alarm and when_it_is_to_be(self._tracker, self._text):
            crisis = last_crisis(self._tracker)
            label = crisis if crisis in OF_A_BABY_OR_ANOTHER else "crisis_suicide_imminent"
            self._lead(label)
            self._verdict = Verdict("I", label, "context", self._text, self._verdict.score)

    def _asks_for_exercise(self) -> bool:
        """Whether an exercise is asked for in the middle of a risk, whatever label the words have."""
        wanted = wants_an_exercise(self._tracker, self._text)
        if wanted:
            self._lead("request_exercise")
        return wanted

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
        over = past_and_over(self._tracker, self._verdict, self._text)
        if over or explained(
            self._tracker, self._verdict, self._text, self._language, lambda: self._answer() is not None
        ):
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

    def _take_reading_of_body(self) -> None:
        """A yes to the question about the body that no list of words knows: "well yes it is"."""
        answer = _of_body(self._intent, self._asked)
        if answer == self._intent:
            return
        if only_polite(self._text):
            self._lead("thank")
            return
        self._lead(answer)
        self._verdict = Verdict(TIER_OF[answer], answer, "context", self._text, self._verdict.score)

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
        if found.name in REPEATS:
            # Not acting on it is believed, and not wishing to live is tier S whatever else is said; a body that is
            # worse is tier E.
            tier, label = REPEATS[found.name]
            self._verdict = Verdict(tier, label, "context", self._text, self._verdict.score)
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


class Answer(NamedTuple):
    """A move, and whether it closes the question about safety that it says nothing to."""

    move: Move
    closes: bool = False


def _answer(
    tracker: DialogueStateTracker, text: str, asked: str | None, language: str | None, *, calm: bool
) -> Answer | None:
    """What the text answers to an open question, or does with what is offered or runs; `calm`: nothing in it alarms."""
    if tracker.get_slot("language") == SPANISH and asked and (spanish := spanish_answer(text)):
        return Answer(Move(spanish))
    if language in {SPANISH, OTHER}:
        return None
    mended = " ".join(plain(text))
    if asked == "intrusive" and (thoughts := kind_of_thoughts(mended)):
        return Answer(Move(thoughts))
    running, paused = bool(tracker.get_slot("exercise")), bool(tracker.get_slot("paused"))
    quoted = bool(tracker.get_slot("shown"))
    offered = [(label, payload) for label, payload in tracker.get_slot("choices") or []]
    if asked in SAFETY_QUESTIONS:
        if asked != "body" and put_off(mended, asked) and (asked == "safety" or last_crisis(tracker) in OWN_LIFE):
            return Answer(Move("affirm" if asked == "safety" else "crisis_suicide"))
        if found := short_answer(mended, asked):
            return Answer(Move(found))
        if move := move_in(text, asked, running=False, offered=offered, quoted=quoted and asked == "safety"):
            return Answer(move)
        if running and (move := move_in(text, None, running=True)):
            # "Next" goes on with the exercise and is no yes to the question beside it.
            return Answer(move, closes=True)
        return None
    if move := move_in(text, asked, running=running, paused=paused, offered=offered, calm=calm, quoted=quoted):
        return Answer(move)
    answer = short_answer(mended, asked)
    return Answer(Move(answer)) if answer else None
