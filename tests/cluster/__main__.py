"""Plays many conversations on a cluster while its processes are killed and frozen in turn.

    make test-cluster                       # 500 conversations
    make test-cluster CLUSTER="--short"     # 20 conversations, one round; two minutes

Needs PostgreSQL, Redis and nginx of Debian's packages. Exit code 1 where a message was lost, doubled, out of order or
without the helplines that it needed.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from tests.cluster.conversation import Conversation
from tests.cluster.processes import Cluster

FROZEN = 4.0  # seconds


def say(words: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {words}", flush=True)  # noqa: T201


async def trouble(cluster: Cluster, rounds: int) -> None:
    """Kill and freeze each process in turn; wait until it is back before the next."""
    for number in range(rounds):
        for name, process in cluster.processes.items():
            say(f"round {number + 1}: freezing {name}")
            process.signal(signal.SIGSTOP)
            await asyncio.sleep(FROZEN)
            process.signal(signal.SIGCONT)
            say(f"round {number + 1}: killing {name}")
            process.kill()
            await asyncio.sleep(1.0)
            process.start()
            await asyncio.to_thread(process.wait)
            await asyncio.sleep(1.0)


async def play(cluster: Cluster, count: int, rounds: int, pause: float) -> list[Conversation]:
    conversations = [Conversation(cluster.url, number) for number in range(count)]
    limits = httpx.Limits(max_connections=count + 50)
    done = asyncio.Event()

    async def until_quiet() -> None:
        await asyncio.sleep(5.0)
        await trouble(cluster, rounds)
        await asyncio.sleep(5.0)
        done.set()

    async with httpx.AsyncClient(verify=False, timeout=8, limits=limits, trust_env=False) as client:  # noqa: S501
        noise = asyncio.create_task(until_quiet())
        chats = [asyncio.create_task(_chat(each, client, done, pause)) for each in conversations]
        await noise
        await asyncio.gather(*chats)
    return conversations


async def _chat(conversation: Conversation, client: httpx.AsyncClient, done: asyncio.Event, pause: float) -> None:
    try:
        await conversation.play(client, done, pause)
    except AssertionError as error:
        conversation.faults.append(str(error))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="20 conversations, one round")
    parser.add_argument("--conversations", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--pause", type=float, default=20.0, help="seconds between two messages of a parent")
    options = parser.parse_args()
    count, pause = (20, 3.0) if options.short else (options.conversations, options.pause)
    database = os.environ.get("DATABASE_URL", "")
    if not database.startswith("postgres"):
        parser.error("DATABASE_URL has to be PostgreSQL's; start it with bot/deploy/postgres.sh")
    dialogue = database.rsplit("/", 1)[0] + "/dialogue"
    subprocess.run(["psql", database, "-qc", "CREATE DATABASE dialogue"], check=True)
    with tempfile.TemporaryDirectory(prefix="attune-cluster-") as folder:
        Path(folder).chmod(0o755)
        cluster = Cluster(Path(folder), database, dialogue)
        try:
            say("starting")
            cluster.start()
            say(f"{count} conversations begin")
            conversations = asyncio.run(play(cluster, count, options.rounds, pause))
        finally:
            cluster.stop()
    faults = [f"conversation {each.number}: {fault}" for each in conversations for fault in each.faults]
    total = sum(each.answered for each in conversations)
    say(
        f"{total} messages answered in {count} conversations, {sum(each.again for each in conversations)} sent again, "
        f"{sum(each.unable for each in conversations)} answered without Rasa, "
        f"{sum(each.slow for each in conversations)} later than promised, {len(faults)} faults"
    )
    for fault in faults[:40]:
        say(fault)
    return 1 if faults or not total else 0


if __name__ == "__main__":
    sys.exit(main())
