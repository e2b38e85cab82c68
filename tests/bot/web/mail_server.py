"""A mail server over real sockets, with just enough SMTP; it misbehaves on request."""

from __future__ import annotations

import contextlib
import email
import email.policy
import socket
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from email.message import EmailMessage


class MailServer:
    """`manner` is "well", "hanging" (takes calls and says nothing) or "busy" (a temporary refusal).

    `refusals` are what it answers instead of agreeing: {"rcpt to": "550 nobody"}, or to "greeting" or "data".
    """

    def __init__(self, manner: str = "well") -> None:
        self.manner = manner
        self.refusals: dict[str, str] = {}
        self.messages: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.called = threading.Semaphore(0)
        self.arrived = threading.Semaphore(0)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"smtp://127.0.0.1:{self.port}"
        self._open: list[socket.socket] = []
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> MailServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        # shutdown() wakes a thread that waits in accept(); close() alone would not.
        for one in [self._listener, *self._open]:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._thread.join(20)

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        self.called.release()
        if self.manner == "hanging":
            return
        with contextlib.suppress(OSError, ValueError), connection, connection.makefile("rwb") as stream:
            greeting = "421 too busy" if self.manner == "busy" else "220 here"
            self._say(stream, self.refusals.get("greeting", greeting))
            for raw in stream:
                line = raw.decode().strip()
                if refusal := self.refusals.get(line.lower().partition(":")[0]):
                    self._say(stream, refusal)
                    continue
                if line.lower().startswith("rcpt to:"):
                    self.recipients.append(line[8:].strip("<>"))
                if line.upper() == "DATA":
                    self._say(stream, "354 go on")
                    self._take(stream)
                self._say(stream, "221 bye" if line.upper() == "QUIT" else "250 ok")
                if line.upper() == "QUIT":
                    return

    def _take(self, stream: Any) -> None:
        lines = iter(lambda: stream.readline().decode(), ".\r\n")
        text = "".join(line.removeprefix(".") if line.startswith("..") else line for line in lines)
        self.messages.append(email.message_from_string(text, policy=email.policy.default))  # type: ignore[arg-type]
        self.arrived.release()

    @staticmethod
    def _say(stream: Any, text: str) -> None:
        stream.write(f"{text}\r\n".encode())
        stream.flush()
