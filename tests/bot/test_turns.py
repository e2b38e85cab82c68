"""One turn: what may name an intent, what is stored, and what every turn gets whatever answers it."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot import tracing
from bot.reading import loss
from bot.safety.verdict import Verdict
from bot.serving.gate import TooLateError
from bot.turns import Collector, TurnPlayer, _actions, as_text, understood
from bot.understanding.labels import labels
from tests.span_receiver import said

if TYPE_CHECKING:
    from pathlib import Path

    from tests.span_receiver import SpanReceiver


@pytest.mark.parametrize("text", ["I feel low", "either/or", "  spaces stay", "1/2 asleep", "", "¿/?"])
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert as_text(text) == text


@pytest.mark.parametrize(
    "before",
    ["", " ", "\t", "\n", "\r\n", "\u00a0", "\u3000", "\u2003", "\x0b", "\x1c", "\ufeff", "\u200b", "//", "/ /"],
)
def test_a_typed_slash_never_names_an_intent(before: str) -> None:
    text = as_text(f"{before}/affirm")
    # Rasa strips the message before it looks for the slash.
    assert not UserMessage(text).text.startswith("/")
    assert text == "affirm"


def test_a_slash_with_braces_is_words_too() -> None:
    assert as_text('/request_region{"choice": "US"}') == 'request_region{"choice": "US"}'


@pytest.mark.parametrize("text", ["/", "//", " / / "])
def test_slashes_alone_are_nothing(text: str) -> None:
    assert as_text(text) == ""


def parsed(intent: str, *ranking: tuple[str, float], **more: Any) -> dict[str, Any]:
    return {
        "intent": {"name": intent, "confidence": ranking[0][1] if ranking else 0.0},
        "intent_ranking": [{"name": name, "confidence": share} for name, share in ranking],
        "safety": Verdict().as_dict(),
        "passages": [],
        "answered": False,
        **more,
    }


SIX = [("feel_low", 0.4), ("feel_numb", 0.2), ("feel_alone", 0.1), ("ask_why", 0.09), ("stop", 0.08), ("deny", 0.07)]


def test_the_best_five_labels_are_stored_with_the_turn() -> None:
    found = understood(parsed("feel_low", *SIX))
    assert "text" not in found  # it stands beside it in the row
    assert (found["intent"], found["confidence"], found["fallback"]) == ("feel_low", 0.4, False)
    assert [row["intent"] for row in found["ranking"]] == [name for name, _ in SIX[:5]]


def test_what_was_not_understood_is_stored_as_its_likeliest_label() -> None:
    found = understood(parsed("nlu_fallback", ("nlu_fallback", 0.84), *SIX))
    assert (found["intent"], found["confidence"], found["fallback"]) == ("feel_low", 0.4, True)
    assert "nlu_fallback" not in {row["intent"] for row in found["ranking"]}


def test_a_text_without_any_reading_stays_not_understood() -> None:
    found = understood(parsed("nlu_fallback"))
    assert (found["intent"], found["ranking"], found["fallback"]) == ("nlu_fallback", [], True)


def test_passages_are_stored_by_id_and_digest_and_not_by_their_text() -> None:
    row = {key: key for key in ("id", "article", "title", "heading", "score", "digest", "text", "url", "reviewed")}
    found = understood(parsed("ask_why", ("ask_why", 0.9), passages=[row], answered=True))
    assert set(found["passages"][0]) == {"id", "article", "title", "heading", "score", "digest"}
    assert found["answered"] is True


def test_actions_are_named_without_rasas_own() -> None:
    events = [ActionExecuted("action_listen"), SlotSet("tier", None), ActionExecuted("action_answer")]
    assert _actions([*events, ActionExecuted("action_session_start")]) == ["action_answer"]


class FakeProcessor:
    """Understands and answers as a test says, in Rasa's place."""

    model_filename = "attune-test"

    def __init__(self, domain: Domain) -> None:
        self.trackers: dict[str, DialogueStateTracker] = {}
        self.domain = domain
        self.parse: dict[str, Any] = {}
        self.replies: list[dict[str, Any]] = []
        self.heard: list[str] = []
        self.nlg = self

    async def fetch_tracker_and_update_session(self, sender: str, channel: Any) -> DialogueStateTracker:
        return self.trackers.setdefault(sender, DialogueStateTracker(sender, self.domain.slots))

    async def parse_message(self, message: UserMessage, tracker: Any = None) -> dict[str, Any]:
        self.heard.append(message.text)
        return {"text": message.text, **self.parse}

    async def _handle_message_with_tracker(self, message: UserMessage, tracker: DialogueStateTracker) -> None:
        data = message.parse_data
        tracker.update(UserUttered(message.text, data["intent"], parse_data=data))

    async def _run_prediction_loop(self, channel: Collector, tracker: DialogueStateTracker) -> None:
        tracker.update(ActionExecuted("action_test"))
        for reply in self.replies:
            await channel.send_response(tracker.sender_id, reply)

    async def generate(self, name: str, tracker: Any, channel: str) -> dict[str, Any]:
        return {"text": name}

    async def save_tracker(self, tracker: Any) -> None:
        pass


class Conversation:
    """A parent's turns through a TurnPlayer with a fake Rasa."""

    def __init__(self, processor: FakeProcessor, player: TurnPlayer) -> None:
        self.rasa, self._player = processor, player

    async def say(self, intent: str = "feel_low", tier: str | None = None, *, replies: list | None = None, **how: Any):
        label = "crisis_suicide" if tier else None
        verdict = how.pop("verdict", None) or Verdict(tier, label, "rules" if tier else None)
        self.rasa.parse = parsed(intent, (intent, 0.9), safety=verdict.as_dict())
        self.rasa.replies = [{"text": "An answer."}] if replies is None else replies
        return await self._player.play(**({"sender": "parent", "text": "words", "region": "GB"} | how))


@pytest.fixture(scope="module")
def domain(root: Path) -> Domain:
    return Domain.load(str(root / "domain.yml"))


@pytest.fixture
def conversation(domain: Domain, knowledge_folder: Path) -> Conversation:
    class Lock:
        def lock(self, sender: str, wait_time_in_seconds: float = 1.0) -> Lock:
            return self

        async def __aenter__(self) -> None: ...

        async def __aexit__(self, *_: object) -> None: ...

    class FakeAgent:
        processor = FakeProcessor(domain)
        lock_store = Lock()

    return Conversation(FakeAgent.processor, TurnPlayer(FakeAgent(), knowledge_folder, 0.2))


@pytest.fixture
def own(conversation: Conversation, own_knowledge: Path) -> Path:
    """A knowledge folder to edit, which the conversation uses."""
    conversation._player._knowledge = own_knowledge
    return own_knowledge


def cards(turn: Any) -> list[dict[str, Any]]:
    return [message["card"] for message in turn.messages if message.get("card")]


async def test_a_corrected_helpline_is_in_the_bar_the_check_and_the_abuse_lines_from_the_next_turn_on(
    conversation: Conversation, own: Path
) -> None:
    await conversation.say("crisis_suicide", "S", sender="bar")
    await conversation.say("crisis_violence", "V", verdict=Verdict("V", "crisis_violence", "rules"), sender="abuse")
    path = own / "helplines.yml"
    for number in ("116 123", "0808 2000 247"):
        assert number in path.read_text("utf-8")
        path.write_text(path.read_text("utf-8").replace(number, f"{number} 99"), "utf-8")
    (bar,) = cards(await conversation.say(sender="bar"))
    assert "tel:11612399" in str(bar)
    (lines,) = cards(await conversation.say(sender="abuse"))
    assert "tel:0808200024799" in str(lines)
    asked = await conversation.say(tier="R", sender="check")
    assert "116 123 99" in asked.messages[-1]["text"]


@pytest.mark.parametrize("name", ["helplines.yml", "practice.yml"])
async def test_a_file_that_is_broken_for_a_while_stops_no_turn(
    conversation: Conversation, own: Path, name: str
) -> None:
    before = await conversation.say("crisis_suicide", "S", sender="before")
    (own / name).write_text("half: [saved")
    assert cards(await conversation.say("crisis_suicide", "S", sender="after")) == cards(before)


async def test_a_country_that_is_told_later_counts_where_none_was_known(conversation: Conversation) -> None:
    assert (await conversation.say(region=None)).region == "ZZ"
    assert (await conversation.say(region="NZ")).region == "NZ"
    assert (await conversation.say(region="GB")).region == "NZ"


async def test_booking_that_the_environment_turns_off_is_offered_by_no_turn(
    conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    reply = {
        "text": "Times are below.",
        "custom": {"card": {"type": "booking"}},
        "buttons": [{"title": "Talk first", "payload": "/request_booking"}],
    }
    assert cards(await conversation.say(replies=[reply]))
    monkeypatch.setenv("ATTUNE_BOOKING_MODE", "off")
    assert (await conversation.say(replies=[reply], sender="other")).messages == [{"text": "Times are below."}]


async def test_a_turn_brings_reply_reading_and_region(conversation: Conversation) -> None:
    turn = await conversation.say()
    assert turn.messages == [{"text": "An answer."}]
    assert (turn.understood["intent"], turn.region, turn.risk, turn.actions) == (
        "feel_low",
        "GB",
        None,
        ["action_test"],
    )
    shown = {"messages", "understood", "actions", "region", "risk", "model", "milliseconds", "asks"}
    assert set(turn.as_dict()) == shown


async def test_typed_slashes_reach_rasa_as_words_and_pressed_choices_as_they_are(conversation: Conversation) -> None:
    await conversation.say(text="\u00a0/affirm")
    await conversation.say(text="", payload="/affirm")
    assert conversation.rasa.heard[:2] == ["affirm", "/affirm"]


async def test_after_a_crisis_every_later_reply_carries_the_compact_bar(conversation: Conversation) -> None:
    first = await conversation.say(
        "crisis_suicide", "S", replies=[{"text": "A", "custom": {"card": {"type": "helplines"}}}]
    )
    assert cards(first) == [{"type": "helplines"}]
    for _ in range(3):
        later = await conversation.say("small_talk")
        assert later.risk == "S"
        assert cards(later)[0]["type"] == "helplines"
        assert cards(later)[0]["compact"] is True
        assert cards(later)[0]["region"] == "GB"


async def test_the_bar_is_a_message_of_its_own_where_each_reply_has_a_card(conversation: Conversation) -> None:
    await conversation.say("crisis_suicide", "S")
    turn = await conversation.say(replies=[{"text": "A passage", "custom": {"card": {"type": "passage"}}}])
    assert [card["type"] for card in cards(turn)] == ["passage", "helplines"]
    assert "Samaritans" in turn.messages[-1]["text"]


async def test_the_gravest_tier_stays(conversation: Conversation) -> None:
    seen = [(await conversation.say("x", tier)).risk for tier in ("S", "I", "V", None, "E", "P")]
    assert seen == ["S", "I", "I", "I", "E", "E"]


async def test_an_alarm_ends_an_exercise(conversation: Conversation) -> None:
    await conversation.say()
    conversation.rasa.trackers["parent"].update(SlotSet("exercise", {"id": "warm-mug", "step": 1, "at": 0.0}))
    step = [{"text": "A step", "custom": {"asks": "exercise_next"}}]
    assert (await conversation.say(replies=step)).slots["exercise"] is not None
    turn = await conversation.say("crisis_suicide", "S", replies=step)
    assert (turn.slots["exercise"], turn.slots["paused"]["id"]) == (None, "warm-mug")


async def test_an_exercise_that_is_left_for_a_question_can_be_taken_up_again(conversation: Conversation) -> None:
    await conversation.say()
    conversation.rasa.trackers["parent"].update(SlotSet("exercise", {"id": "warm-mug", "step": 1, "at": 0.0}))
    turn = await conversation.say("ask_why", text="why does this happen to me of all people")
    assert (turn.slots["exercise"], turn.slots["paused"]["step"]) == (None, 1)
    assert turn.messages[-1]["choices"] == [
        {"label": "Go on with the exercise", "payload": '/request_exercise{"choice": "resume"}'}
    ]


async def test_the_same_reply_never_comes_twice_as_if_nothing_had_been_said(conversation: Conversation) -> None:
    texts = [(await conversation.say(text=f"words {n}")).messages[0]["text"] for n in range(3)]
    assert texts == ["An answer.", "Once more: An answer.", "An answer."]


@pytest.mark.parametrize(
    ("text", "kind"),
    [("", "empty"), ("🙃🙃", "wordless"), ("call me on 07700 900123", "details"), ("stupid bot", "abuse"),
     ("je suis tellement fatiguée et je pleure tout le temps", "another_language")],
)  # fmt: skip
async def test_what_no_label_is_for_leads_to_its_own_rule(conversation: Conversation, text: str, kind: str) -> None:
    turn = await conversation.say("small_talk", text=text)
    assert turn.slots["aside"] == kind
    assert (await conversation.say("small_talk", text="what a day it was today")).slots["aside"] is None


async def test_danger_comes_before_any_aside(conversation: Conversation) -> None:
    turn = await conversation.say("crisis_suicide", "S", text="ya no quiero vivir, no puedo más con esta vida")
    assert (turn.slots["aside"], turn.slots["language"], turn.risk) == (None, "es", "S")


async def test_another_language_is_told_and_stays_until_english_comes(conversation: Conversation) -> None:
    said = ["hi", "hola, estoy muy cansada y no puedo dormir con mi bebe", "no", "I would rather write in English now"]
    told = [(await conversation.say("small_talk", text=text)).as_dict()["understood"]["language"] for text in said]
    assert told == [None, "es", "es", None]


async def test_next_is_no_yes_to_the_question_beside_an_exercise(conversation: Conversation) -> None:
    await conversation.say(tier="R", replies=[{"text": "A step", "custom": {"asks": "exercise_next"}}])
    conversation.rasa.trackers["parent"].update(SlotSet("exercise", {"id": "warm-mug", "step": 1, "at": 0.0}))
    turn = await conversation.say("affirm", text="next")
    assert (turn.understood["safety"]["tier"], turn.risk) == (None, None)


async def test_where_a_parent_lives_sets_the_numbers(conversation: Conversation) -> None:
    assert (await conversation.say(text="new dad here in brisbane")).slots["region"] == "AU"


async def test_after_a_loss_nobody_is_offered_words_of_a_living_baby(conversation: Conversation) -> None:
    buttons = [{"title": "Close", "payload": "/ask_how_to_bond"}, {"title": "A person", "payload": "/request_human"}]
    turn = await conversation.say("about_loss", replies=[{"text": "A", "buttons": buttons}])
    assert [c["payload"] for c in turn.messages[0]["choices"]] == ["/request_human"]


@pytest.mark.parametrize("label", sorted(loss.OF_A_LIVING_BABY))
async def test_what_is_read_as_grief_after_a_loss_is_not_offered_as_another_topic(
    conversation: Conversation, label: str
) -> None:
    buttons = [{"title": "More", "payload": f'/{label}{{"choice": "more"}}'}]
    turn = await conversation.say("about_loss", replies=[{"text": "A", "buttons": buttons}])
    assert not turn.messages[0].get("choices")


async def ask_about_the_body(conversation: Conversation) -> None:
    turn = await conversation.say(verdict=Verdict("R", "crisis_medical", "classifier", "words", -1.0))
    assert turn.asks == "body"


@pytest.mark.parametrize("text", ["ok yes", "okay it is", "well yes it is happening now I think so"])
async def test_a_yes_about_the_body_that_only_the_reading_knows_is_answered_as_an_emergency(
    conversation: Conversation, text: str
) -> None:
    await ask_about_the_body(conversation)
    turn = await conversation.say("affirm", text=text)
    assert (turn.understood["intent"], turn.understood["safety"]["tier"], turn.risk) == ("crisis_medical", "E", "E")


async def test_ok_to_the_question_about_the_body_is_neither_yes_nor_no(conversation: Conversation) -> None:
    await ask_about_the_body(conversation)
    turn = await conversation.say("affirm", text="ok thanks")
    assert (turn.understood["intent"], turn.understood["safety"]["tier"]) == ("thank", None)


FAINT_DOUBT = Verdict("R", "crisis_third_party", "classifier", "words", -2.6)


async def test_a_faint_doubt_in_mid_conversation_asks_nothing(conversation: Conversation) -> None:
    assert (await conversation.say(verdict=FAINT_DOUBT, text="and if she refuses", sender="first")).asks == "safety"
    await conversation.say()
    assert (await conversation.say(verdict=FAINT_DOUBT, text="and if she refuses")).asks is None


async def test_a_faint_doubt_about_an_answer_to_the_direct_question_is_kept(conversation: Conversation) -> None:
    await conversation.say()
    conversation.rasa.trackers["parent"].update(SlotSet("asked", "safety"))
    turn = await conversation.say("feel_low", verdict=FAINT_DOUBT, text="it gets dark in the evenings")
    assert turn.understood["safety"]["tier"] == "R"


async def test_a_loss_is_remembered(conversation: Conversation) -> None:
    assert not (await conversation.say()).slots["loss"]
    assert (await conversation.say("about_loss")).slots["loss"] is True
    assert (await conversation.say()).slots["loss"] is True


async def test_a_turn_says_which_question_it_leaves_open(conversation: Conversation) -> None:
    assert (await conversation.say(tier="R")).asks == "safety"
    assert (await conversation.say()).asks is None


async def test_a_check_asks_once_and_is_then_quiet_for_some_turns(conversation: Conversation) -> None:
    first = await conversation.say(tier="R")
    assert "May I ask one thing" in first.messages[-1]["text"]
    assert [choice["payload"] for choice in first.messages[-1]["choices"]] == ["/affirm", "/deny", "/unsure"]
    assert first.slots["asked"] == "safety"
    later = [len((await conversation.say(tier="R")).messages) for _ in range(4)]
    assert later == [1, 1, 1, 2]


async def test_a_check_is_not_added_where_risk_is_known(conversation: Conversation) -> None:
    await conversation.say("crisis_suicide", "S")
    assert "May I ask one thing" not in str((await conversation.say(tier="R")).messages)


async def test_yes_to_the_direct_question_is_an_alarm(conversation: Conversation) -> None:
    await conversation.say(tier="R")
    turn = await conversation.say("affirm", text="yes")
    assert (turn.risk, turn.understood["safety"]["by"], turn.understood["intent"]) == ("S", "context", "affirm")


async def test_a_pressed_crisis_choice_is_an_alarm(conversation: Conversation) -> None:
    turn = await conversation.say("crisis_psychosis", text="", payload="/crisis_psychosis")
    assert (turn.risk, turn.understood["safety"]["by"]) == ("P", "choice")


async def test_a_pressed_topic_is_answered_with_the_passages_of_its_description(conversation: Conversation) -> None:
    turn = await conversation.say("feel_numb", text="", payload="/feel_numb")
    assert conversation.rasa.heard == ["/feel_numb", labels()["feel_numb"].what]
    assert turn.understood["answered"] is True


async def test_a_short_answer_to_the_direct_question_counts_whatever_was_read(conversation: Conversation) -> None:
    await conversation.say(tier="R")
    turn = await conversation.say("small_talk", text="yes. but not tonight")
    assert (turn.understood["intent"], turn.risk) == ("affirm", "S")


async def test_a_risk_that_the_caller_knows_of_is_open_again(conversation: Conversation) -> None:
    turn = await conversation.say(risk="S")
    assert (turn.risk, cards(turn)[0]["compact"]) == ("S", True)
    assert (await conversation.say(risk="V")).risk == "S"
    assert (await conversation.say()).risk == "S"


@pytest.mark.parametrize("risk", [None, "R", "nonsense"])
async def test_what_is_no_alarm_opens_no_risk(conversation: Conversation, risk: str | None) -> None:
    assert (await conversation.say(risk=risk)).risk is None


async def test_a_barrier_after_a_crisis_leads_to_its_own_rule(conversation: Conversation) -> None:
    await conversation.say("crisis_suicide", "S")
    turn = await conversation.say("feel_alone", text="I can't talk out loud, they would hear me")
    assert (turn.slots["follow_up"], turn.understood["intent"], turn.risk) == ("cannot_speak", "feel_alone", "S")
    assert (await conversation.say("ask_why", text="why is it like this")).slots["follow_up"] is None


async def test_the_same_words_without_a_risk_are_no_follow_up(conversation: Conversation) -> None:
    assert (await conversation.say(text="I can't talk out loud")).slots["follow_up"] is None


async def test_help_refused_for_someone_else_repeats_the_tier(conversation: Conversation) -> None:
    await conversation.say("crisis_third_party", "P")
    turn = await conversation.say("about_someone_else", text="she refuses to see a doctor")
    assert turn.understood["intent"] == "crisis_third_party"
    assert (turn.understood["safety"]["tier"], turn.understood["safety"]["by"]) == ("P", "context")


async def test_help_refused_to_a_writer_in_danger_is_no_word_about_somebody_else(conversation: Conversation) -> None:
    await conversation.say("crisis_suicide", "S")
    turn = await conversation.say("about_partner", text="he won't let me see a doctor")
    assert (turn.understood["intent"], turn.understood["safety"]["tier"]) == ("about_partner", None)


async def test_a_new_sign_of_the_same_person_does_not_lower_their_danger(conversation: Conversation) -> None:
    await conversation.say(verdict=Verdict("P", "crisis_third_party", "rules", "words"))
    turn = await conversation.say(verdict=Verdict("S", "crisis_third_party", "classifier", "words", 1.0))
    assert turn.understood["safety"]["tier"] == "P"
    assert (await conversation.say(verdict=Verdict("E", "crisis_third_party", "rules", "words"))).risk == "E"


async def test_a_wish_for_a_booking_is_no_follow_up(conversation: Conversation) -> None:
    await conversation.say("crisis_suicide", "S")
    turn = await conversation.say("ask_consultation", text="does the consultation cost anything")
    assert (turn.slots["follow_up"], turn.understood["intent"]) == (None, "ask_consultation")


async def test_a_weak_alarm_of_the_classifier_is_explained_by_a_barrier(conversation: Conversation) -> None:
    await conversation.say("crisis_suicide", "S")
    verdict = Verdict("V", "crisis_violence", "classifier", "words", 0.2)
    turn = await conversation.say("crisis_violence", text="my phone has no credit", verdict=verdict)
    assert (turn.slots["follow_up"], turn.understood["safety"]["tier"], turn.risk) == ("no_credit", None, "S")


@pytest.mark.parametrize(
    "verdict",
    [
        Verdict("V", "crisis_violence", "classifier", "words", 2.0),
        Verdict("V", "crisis_violence", "rules", "words", -1.0),
        Verdict("I", "crisis_suicide_imminent", "classifier", "words", -0.4),
    ],
    ids=["surer", "by a rule", "means"],
)
async def test_new_danger_comes_before_a_barrier(conversation: Conversation, verdict: Verdict) -> None:
    await conversation.say("crisis_suicide", "S")
    turn = await conversation.say(verdict.label or "", text="my phone has no credit", verdict=verdict)
    assert (turn.slots["follow_up"], turn.understood["safety"]["tier"]) == (None, verdict.tier)


async def test_within_an_exercise_only_being_watched_interrupts(conversation: Conversation) -> None:
    await conversation.say("crisis_violence", "V")
    conversation.rasa.trackers["parent"].update(SlotSet("exercise", {"id": "warm-mug", "step": 1, "at": 0.0}))
    assert (await conversation.say("feel_better", text="feeling calmer now")).slots["follow_up"] is None
    assert (await conversation.say("affirm", text="he's home")).slots["follow_up"] == "watched"


async def test_what_nobody_waits_for_any_more_is_not_read(conversation: Conversation) -> None:
    now = asyncio.get_running_loop().time()
    with pytest.raises(TooLateError):
        await conversation.say(until=now - 1)
    with pytest.raises(TooLateError):
        await conversation._player.screen("words", until=now)
    assert conversation.rasa.heard == []
    await conversation.say(until=now + 60)
    assert conversation.rasa.heard == ["words"]


async def test_a_state_that_does_not_come_holds_up_its_own_conversation_only(
    conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived, released = asyncio.Event(), asyncio.Event()
    fetch = conversation.rasa.fetch_tracker_and_update_session

    async def slow(sender: str, channel: Any) -> DialogueStateTracker:
        if sender == "slow":
            arrived.set()
            await released.wait()
        return await fetch(sender, channel)

    monkeypatch.setattr(conversation.rasa, "fetch_tracker_and_update_session", slow)
    waiting = asyncio.create_task(conversation._player.play("slow", text="words"))
    await arrived.wait()
    assert (await asyncio.wait_for(conversation.say(), 5)).messages == [{"text": "An answer."}]
    assert not waiting.done()
    released.set()
    assert (await waiting).messages == [{"text": "An answer."}]


async def test_a_turn_that_waits_for_the_one_before_it_begins_as_soon_as_that_is_over(
    conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, waits = InMemoryLockStore(), []
    lock = store.lock

    def noted(sender: str, **how: Any) -> Any:
        waits.append(how.get("wait_time_in_seconds", 1.0))
        return lock(sender, **how)

    monkeypatch.setattr(store, "lock", noted)
    monkeypatch.setattr(conversation._player._agent, "lock_store", store, raising=False)
    await asyncio.gather(conversation.say(), conversation.say())
    assert max(waits) <= 0.1  # of 2.5 seconds that a parent's answer may take in Rasa


async def test_what_is_erased_during_a_turn_does_not_come_back_with_its_end(
    conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering, released = asyncio.Event(), asyncio.Event()
    store: dict[str, bool] = {}

    async def slow(*_: Any) -> None:
        answering.set()
        await released.wait()

    async def save(tracker: DialogueStateTracker) -> None:
        store[tracker.sender_id] = bool(tracker.events)

    agent = conversation._player._agent
    monkeypatch.setattr(agent, "lock_store", InMemoryLockStore(), raising=False)
    monkeypatch.setattr(agent, "domain", conversation.rasa.domain, raising=False)
    monkeypatch.setattr(agent, "tracker_store", SimpleNamespace(save=save), raising=False)
    monkeypatch.setattr(conversation.rasa, "save_tracker", save)
    monkeypatch.setattr(conversation.rasa, "_run_prediction_loop", slow)
    monkeypatch.setattr(conversation._player, "_timeout", 20.0)
    turn = asyncio.create_task(conversation.say())
    await answering.wait()
    erasing = asyncio.create_task(conversation._player.forget("parent"))
    await asyncio.sleep(0)
    released.set()
    await asyncio.gather(turn, erasing)
    assert store == {"parent": False}
    await conversation._player.forget("parent")  # nothing holds the lock any more


async def test_words_are_screened_without_a_conversation(conversation: Conversation) -> None:
    verdict = Verdict("S", "crisis_suicide", "classifier", "words", 0.4)
    conversation.rasa.parse = parsed("crisis_suicide", safety=verdict.as_dict())
    assert await conversation._player.screen("/words") == verdict.as_dict()
    assert (conversation.rasa.heard, conversation.rasa.trackers) == (["words"], {})


async def test_when_no_action_answers_there_is_a_reply_with_people(conversation: Conversation) -> None:
    assert (await conversation.say(replies=[])).messages == [{"text": "utter_unavailable"}]


async def test_an_action_that_takes_too_long_is_given_up(
    conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: Any) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(conversation.rasa, "_run_prediction_loop", never)
    conversation._player._timeout = 0.01
    assert (await conversation.say()).messages == [{"text": "utter_unavailable"}]


async def test_what_was_asked_and_offered_is_kept_and_not_shown(conversation: Conversation) -> None:
    reply = {
        "text": "Q",
        "buttons": [{"title": "Yes", "payload": "/affirm"}],
        "custom": {"asks": "offer", "card": None},
    }
    turn = await conversation.say(replies=[reply])
    assert turn.messages == [{"text": "Q", "choices": [{"label": "Yes", "payload": "/affirm"}]}]
    assert (turn.slots["asked"], turn.slots["offered"]) == ("offer", ["/affirm"])
    assert (await conversation.say()).slots["asked"] is None


async def test_a_trace_shows_where_the_time_went_and_no_words(traces: SpanReceiver, conversation: Conversation) -> None:
    with tracing.trace("rasa"):
        await conversation.say("crisis_suicide", "S", text="I am Zaphodine and want to die")
    steps = ["read state", "understand", "rules and actions", "store state"]
    assert traces.tree() == [("rasa", None), *((step, "rasa") for step in steps)]
    first = said(traces.spans()[0])
    assert first.pop("attune.milliseconds") > 0
    assert first == {"attune.tier": True, "attune.intent": "crisis_suicide", "attune.model": "attune-test"}
    assert all(said(span) == {} for span in traces.spans()[1:])
    for hidden in (b"Zaphodine", b"parent"):
        assert hidden not in b"".join(traces.bodies).replace(b"parentSpanId", b"")


async def test_a_trace_names_labels_of_the_taxonomy_only(traces: SpanReceiver, conversation: Conversation) -> None:
    with tracing.trace("rasa"):
        await conversation.say("zaphodine", text="", payload="/zaphodine")
    assert said(traces.spans()[0])["attune.intent"] == "none"


async def test_a_trace_shows_which_step_was_given_up(
    traces: SpanReceiver, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: Any) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(conversation.rasa, "_run_prediction_loop", never)
    conversation._player._timeout = 0.01
    with tracing.trace("rasa"):
        await conversation.say()
    failed = {span["name"]: said(span)["error.type"] for span in traces.spans() if "error.type" in said(span)}
    assert failed == {"rules and actions": "TimeoutError"}


def test_an_agent_without_a_model_is_refused(knowledge_folder: Path) -> None:
    class Bare:
        processor = None

    with pytest.raises(ValueError, match="Run `attune train`"):
        TurnPlayer(Bare(), knowledge_folder, 1.0)
