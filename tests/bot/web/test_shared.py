"""Limits and locks that several web processes share through Redis, and what happens without it."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import time
from typing import TYPE_CHECKING

import pytest
import redis

from bot.settings import get_settings
from bot.web import shared

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

needs_redis = pytest.mark.skipif(not shutil.which("redis-server"), reason="NOT TESTED: needs redis-server")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Redis on a socket of its own."""
    folder: Path = tmp_path_factory.mktemp("redis")
    path = folder / "s"
    command = ["redis-server", "--port", "0", "--unixsocket", str(path), "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    until = time.monotonic() + 10
    client = redis.Redis(unix_socket_path=str(path))
    while time.monotonic() < until:
        try:
            client.ping()
            break
        except redis.ConnectionError:
            continue
    yield f"unix://{path}"
    process.terminate()
    process.wait()


@pytest.fixture
async def with_redis(server: str, environment: pytest.MonkeyPatch) -> AsyncIterator[None]:
    environment.setenv("REDIS_URL", server)
    get_settings.cache_clear()
    yield
    await shared.close()


@needs_redis
async def test_a_limit_is_counted_over_all_processes(with_redis: None) -> None:
    waits = [await shared.take("session", "a", 3) for _ in range(4)]
    assert waits[:3] == [0, 0, 0]
    assert waits[3] is not None
    assert 1 <= waits[3] <= 20
    assert await shared.take("session", "b", 3) == 0
    assert await shared.take("address", "a", 3) == 0


@needs_redis
async def test_a_session_is_served_by_one_process_at_a_time(with_redis: None) -> None:
    inside: list[int] = []
    most = 0

    async def turn() -> None:
        nonlocal most
        async with shared.session_lock("s"):
            inside.append(1)
            most = max(most, len(inside))
            await asyncio.sleep(0.01)
            inside.pop()

    await asyncio.gather(*(turn() for _ in range(8)))
    assert most == 1


@needs_redis
async def test_the_lock_of_a_process_that_died_is_free_after_a_while(
    with_redis: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared, "HELD", 50)
    dead = shared.session_lock("d")
    await dead.__aenter__()

    async def next_turn() -> None:
        async with shared.session_lock("d"):
            pass

    await asyncio.wait_for(next_turn(), 2)


async def test_without_redis_nobody_can_tell_and_nobody_waits(environment: pytest.MonkeyPatch) -> None:
    get_settings.cache_clear()
    assert await shared.take("session", "a", 1) is None
    async with shared.session_lock("s"):
        pass


async def test_a_redis_that_is_away_holds_nobody_up(environment: pytest.MonkeyPatch, free_port: int) -> None:
    environment.setenv("REDIS_URL", f"redis://127.0.0.1:{free_port}/0")
    get_settings.cache_clear()
    began = time.monotonic()
    for _ in range(20):
        assert await shared.take("session", "a", 1) is None
        async with shared.session_lock("s"):
            pass
    assert time.monotonic() - began < 2 * shared.PATIENCE + 0.5
