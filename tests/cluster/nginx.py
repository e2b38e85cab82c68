"""The practice's nginx.conf with ports of a test and a certificate of its own."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

CONFIGURATION = Path(__file__).resolve().parents[2] / "bot" / "deploy" / "nginx.conf"


def configuration(folder: Path, tls: int, plain: int, web: Sequence[str], limit: str = "20r/s") -> Path:
    """Write it into `folder`, for the web processes at `web`; its path."""
    for name in ("tls", "run"):
        (folder / name).mkdir(exist_ok=True)
    subject = ["-subj", "/CN=127.0.0.1", "-days", "2"]
    keys = ["-keyout", str(folder / "tls/privkey.pem"), "-out", str(folder / "tls/fullchain.pem")]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *keys, *subject]
    subprocess.run(command, check=True, capture_output=True)
    text = CONFIGURATION.read_text("utf-8")
    servers = "\n".join(f"    server {address} max_fails=1 fail_timeout=5s;" for address in web)
    text = re.sub(r"(    server web-\d.*?;\n)+", servers + "\n", text)
    text = text.replace("listen 8443", f"listen 127.0.0.1:{tls}").replace("listen 8080", f"listen 127.0.0.1:{plain}")
    text = text.replace("include mime.types", "include /etc/nginx/mime.types").replace("rate=20r/s", f"rate={limit}")
    # All parents of a test have one address.
    text = text.replace("limit_conn open 60;", "").replace("burst=60", "burst=100000")
    text = text.replace("/tmp/", f"{folder}/run/")  # noqa: S108 - what is replaced
    path = folder / "nginx.conf"
    path.write_text(text, "utf-8")
    return path
