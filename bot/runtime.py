"""Runs the trained model inside this process: for the command line, evaluation and dialogue tests."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
import urllib.request
from typing import TYPE_CHECKING, Any

from bot.serving.without_tensorflow import leave_out_tensorflow
from bot.settings import ROOT, get_settings

if not get_settings().tensorflow:
    leave_out_tensorflow()  # before Rasa comes

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.lock_store import InMemoryLockStore
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import EndpointConfig

from bot import register
from bot.models import model_to_use, train
from bot.ports import free_port
from bot.register import RegisterError
from bot.serving.rules import install
from bot.serving.states import DialogueStates
from bot.turns import TurnPlayer, as_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PATIENCE = 30.0  # seconds for the action server to start
SLOW = 30.0  # seconds for a turn where nobody waits


@contextlib.contextmanager
def action_server(hour: int | None = None) -> Iterator[str]:
    """The real action server as a process of its own; gives the address of its webhook.

    For it it is always `hour` o'clock, where one is given: what is offered at night is not what is offered by day.
    """
    port = free_port()
    command = [sys.executable, "-m", "bot.action_server"]
    environment = {**os.environ, "ATTUNE_ACTIONS_PORT": str(port)}
    if hour is not None:
        environment["ATTUNE_HOUR"] = str(hour)
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(f"http://127.0.0.1:{port}/health", process)
        yield f"http://127.0.0.1:{port}/webhook"
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError("The action server stopped at once. Run `python -m bot.action_server` to see why.")
        try:
            with urllib.request.urlopen(address, timeout=1):  # noqa: S310 - a loopback address
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"The action server did not answer within {PATIENCE:.0f} s.")


def load_agent(
    actions: str | None = None, report: Callable[[str], None] = lambda line: None, model: str | None = None
) -> Agent:
    """The agent with the model in use, trained first where none fits the data; or with the one called `model`.

    Raises RegisterError where that one may not be loaded.
    """
    path = _named(model) if model else _in_use(report)
    domain = Domain.load(str(ROOT / "domain.yml"))
    agent = Agent.load(
        str(path),
        domain=domain,
        # Without actions nobody is answered, and a knowledge folder with articles alone is enough.
        generator=EndpointConfig(type="bot.responses.Responses") if actions else None,
        tracker_store=DialogueStates(domain),
        lock_store=InMemoryLockStore(),
        action_endpoint=EndpointConfig(url=actions) if actions else None,
    )
    install(agent.processor, keep=False)
    return agent


def _named(model: str) -> Path:
    folder = get_settings().models
    if not register.may_be_loaded(folder, model):
        raise RegisterError(f"{model} may not be loaded. `attune models` lists those that may.")
    return register.archive(folder, model)


def _in_use(report: Callable[[str], None]) -> Path:
    selected = model_to_use()
    return selected.path if selected else train(report).path


def load_player(actions: str, report: Callable[[str], None] = lambda line: None) -> TurnPlayer:
    """A player of turns with the real model and actions."""
    return TurnPlayer(load_agent(actions, report), get_settings().knowledge, SLOW)


async def parse(agent: Agent, text: str) -> dict[str, Any]:
    """What the pipeline understands of `text`, without a conversation."""
    if agent.processor is None:
        raise RuntimeError("The agent has no model. Run `attune train`.")
    result: dict[str, Any] = await agent.processor.parse_message(UserMessage(as_text(text)))
    return result
