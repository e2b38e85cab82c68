"""A program on Rasa's port that is not Rasa: `python tests/faults/garbage.py PORT MANNER` answers garbage until killed."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
import time

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
ENDLESS = b"Transfer-Encoding: chunked\r\n\r\n"


def whole(body: bytes) -> bytes:
    return HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body


ANSWERS = {
    "a page": whole(b"<!doctype html><h1>It works!</h1>"),
    "nothing": whole(b""),
    "odd json": whole(b'{"messages": [{"text": 7}, null], "understood": "yes"}'),
    "half": HEAD + b'Content-Length: 9000\r\n\r\n{"messages": [{"te',
    "noise": b"\x00\xff\x13\x37" * 500,
    "an error": b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
    "no end": HEAD + ENDLESS,
    "silence": b"",
}


def answer(connection: socket.socket, manner: str) -> None:
    with contextlib.suppress(OSError), connection:
        connection.recv(65_536)
        connection.sendall(ANSWERS[manner])
        while manner == "no end":
            connection.sendall(b"1\r\n \r\n")
            time.sleep(0.05)
        if manner == "silence":
            time.sleep(60)


def main() -> None:
    with socket.create_server(("127.0.0.1", int(sys.argv[1]))) as listener:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=answer, args=(connection, sys.argv[2]), daemon=True).start()


if __name__ == "__main__":
    main()
