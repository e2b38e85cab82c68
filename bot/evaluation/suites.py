"""The suites of `attune eval`; docs/performance.md says what each figure means."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from bot.evaluation.judgements import FILE, read_judgements
from bot.evaluation.masking import masking
from bot.evaluation.perturbed import read_perturbed
from bot.evaluation.report import Report
from bot.evaluation.retrieval import answered, baselines, retrieval
from bot.evaluation.rows import Readings, read_lines
from bot.evaluation.screening import crisis, ordinary, read_thresholds, sweep
from bot.evaluation.statistics import share
from bot.evaluation.understanding import intents
from bot.safety.tiers import CHECK
from bot.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from rasa.core.agent import Agent

ABOUT = {
    "intents": "are messages understood: acceptable, by label, confusions, calibration (default)",
    "crisis": "alarms on danger, on harmless twins, on ordinary lines (default)",
    "retrieval": "is the right passage found, and quoted where it should be (default)",
    "perturbed": "the same lines with typos, emoji, odd letters, without stops or capitals: some minutes",
    "dialogues": "conversations played through rules and actions, as written and badly typed: some minutes",
    "masking": "are names, numbers and addresses found before staff or a model see them: by kind",
    "after_risk": "what is written after a crisis reply, by authors whom nothing has learnt from",
    "voices": "authors whom nothing has learnt from, read and screened: some minutes",
    "curve": "the same authors after 1/8, 1/4, 1/2 and all of the phrasings: some minutes",
}
JUDGEMENTS = ROOT / "tests" / "eval" / FILE  # also of questions in other folders
SUITES = ("intents", "crisis", "retrieval")  # when none are named
OF_FOLDER = (*SUITES, "perturbed")  # read the evaluation files; the rest read data/nlu
PLAYED = "dialogues"  # needs the action server; plays tests/conversations, or dialogues.yml of the folder given
PLAIN = ("masking",)  # needs no model
TRAINED_ANEW = ("after_risk", "voices", "curve")


def evaluate(agent: Agent, folder: Path, suites: Collection[str], say: Callable[[str], None]) -> Report:
    """Measure `suites` of OF_FOLDER on the files of `folder` (intents, crisis_pos, crisis_neg, questions .jsonl)."""
    from bot.runtime import parse

    report = Report()
    asyncio.run(measure(Readings(folder, partial(parse, agent), say), suites, report))
    return report


async def measure(readings: Readings, suites: Collection[str], report: Report) -> None:
    """Add the figures of `suites`; a text that several suites need is read once."""
    rows = await readings.rows("intents.jsonl") if set(suites) & set(OF_FOLDER) else []
    if "intents" in suites or "crisis" in suites:
        intents(rows, report)
        ordinary(rows, report)
    if "crisis" in suites:
        positive = await readings.rows("crisis_pos.jsonl")
        negative = await readings.rows("crisis_neg.jsonl")
        crisis(positive, negative, report)
        limits = read_thresholds()
        report.screening = sweep(positive, negative, rows, limits.alarm, limits.check)
    if "retrieval" in suites:
        questions = read_lines(readings.folder / "questions.jsonl")
        parses = await readings.parses([q["question"] for q in questions], "questions")
        retrieval(questions, parses, report, read_judgements(JUDGEMENTS), baselines())
        answered(rows, report)
    if "perturbed" in suites:
        await read_perturbed(readings, report)


def without_a_model(suites: Collection[str], report: Report, say: Callable[[str], None]) -> None:
    """Add the figures of `masking`, and of the `suites` of TRAINED_ANEW, which train models and need the encoder only."""
    from bot.encoding.weights import ensure_encoder

    if set(suites) & set(TRAINED_ANEW):
        ensure_encoder(say)
    if "masking" in suites:
        masking(report)
    if "after_risk" in suites:
        from bot.evaluation.after_risk import after_risk

        after_risk(report, say)
    if "voices" in suites:
        _voices(report, say)
    if "curve" in suites:
        _learning_curve(report, say)


def _voices(report: Report, say: Callable[[str], None]) -> None:
    from bot.evaluation.left_out import read_left_out
    from bot.understanding.labels import is_crisis

    limits = read_thresholds()
    rows = read_left_out(say, limits)
    report.add("voices", "acceptable", share([row.acceptable for row in rows]))
    for voice in sorted({row.example.voice for row in rows}):
        report.add("voices", f"acceptable {voice}", share([r.acceptable for r in rows if r.example.voice == voice]))
    danger = [row.verdict for row in rows if is_crisis(row.example.label)]
    harmless = [row for row in rows if not is_crisis(row.example.label)]
    report.add("voices", "alarm", share([verdict.alarm for verdict in danger]))
    report.add("voices", "alarm or check", share([verdict.tier is not None for verdict in danger]))
    report.add("voices", "twins alarmed", share([row.verdict.alarm for row in harmless if row.example.twin]))
    report.add("voices", "others alarmed", share([row.verdict.alarm for row in harmless if not row.example.twin]))
    # Where a clinician would ask too, the question is no mistake.
    unasked = [row for row in harmless if not row.example.red_flag]
    report.add("voices", "twins checked", share([row.verdict.tier == CHECK for row in unasked if row.example.twin]))
    others = [row.verdict.tier == CHECK for row in unasked if not row.example.twin]
    report.add("voices", "others checked", share(others))
    flagged = [row.verdict.tier is not None for row in harmless if row.example.red_flag]
    if flagged:
        report.add("voices", "red flags checked or alarmed", share(flagged))
    report.add("voices", "top3", share([row.as_row().among(3) for row in rows]))
    if report.screening is None:
        # The curve from which the thresholds of config.yml are read (docs/safety-case.md).
        parts = (
            [row.as_row() for row in rows if is_crisis(row.example.label)],
            [row.as_row() for row in harmless if row.example.twin],
            [row.as_row() for row in harmless if not row.example.twin],
        )
        report.screening = sweep(*parts, limits.alarm, limits.check)


def _learning_curve(report: Report, say: Callable[[str], None]) -> None:
    from bot.encoding.adapter import HELD_OUT
    from bot.encoding.cache import encode_cached
    from bot.evaluation.learning_curve import curve, learn
    from bot.understanding.examples import load_examples

    encode = partial(encode_cached, report=lambda done, total: say(f"  {done} of {total} encoded"))
    curve(learn(load_examples(), encode, HELD_OUT, say), report)
