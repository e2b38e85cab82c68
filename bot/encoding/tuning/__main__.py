"""`python -m bot.encoding.tuning FOLDER`: tune the encoder anew. See tune.py for what it does."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from bot.encoding.adapter import write_adapter
from bot.encoding.tuning.reference import write_reference
from bot.encoding.tuning.tune import tune

REFERENCE = Path(__file__).parents[1] / "reference.json"


def main() -> None:
    """Tune and write bot/encoding/adapter.npz."""
    parser = argparse.ArgumentParser(
        prog="python -m bot.encoding.tuning",
        description="Tunes the sentence encoder on data/nlu and writes bot/encoding/adapter.npz. Needs torch: "
        "`python3 -m venv /tmp/tuning && /tmp/tuning/bin/pip install -r bot/encoding/tuning/requirements.txt`. "
        "Some 25 minutes on two cores. Afterwards `make setup` builds the encoder with it, and "
        "`attune eval --suite voices` shows whether strangers are understood better than before.",
    )
    parser.add_argument("folder", type=Path, help="the publisher's model.safetensors and tokenizer.json")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--reference-only", action="store_true", help="write reference.json for the adapters that are there"
    )
    arguments = parser.parse_args()
    if arguments.reference_only:
        write_reference(arguments.folder, REFERENCE)
        return
    matrices, about = tune(arguments.folder, arguments.threads, _say)
    _say(f"Written: {write_adapter(matrices, about)}")
    write_reference(arguments.folder, REFERENCE)
    _say(f"Written: {REFERENCE}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
