"""A visitor of the app without a browser: the API, the page's events and its questions, as the browser sends them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any, Self

import httpx

FULL = 503
"""The status of a request that finds the queue full."""


class AnswerError(Exception):
    """The server answered, and not as asked; `status` is that of the request."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(f"{status}: {why:.200}")
        self.status = status


class Visitor:
    """One open page of the app; raises httpx.HTTPError where the server is away, AnswerError where it refuses."""

    def __init__(
        self, url: str, *, config: dict[str, Any] | None = None, address: str = "", patience: float = 60
    ) -> None:
        """`config` is Gradio's description of the page, read where it is not given; `address` is the visitor's own."""
        transport = httpx.HTTPTransport(local_address=address) if address else None
        self.web = httpx.Client(base_url=url, timeout=patience, transport=transport)
        self.page = uuid.uuid4().hex
        self.config = config if config is not None else self._get("config").json()
        names = {part["id"]: part["props"].get("elem_id") for part in self.config["components"]}
        self._parts = {name: number for number, name in names.items() if name}
        self._events = {
            (names.get(part), event): dependency["id"]
            for dependency in self.config["dependencies"]
            for part, event in dependency["targets"]
        }

    def __enter__(self) -> Self:
        """Close its connections in the end."""
        return self

    def __exit__(self, *error: object) -> None:
        """The page is closed."""
        self.web.close()

    def call(self, endpoint: str, *values: Any) -> Any:
        """Ask an endpoint of the API, and wait for its answer."""
        event = self._post(f"gradio_api/call/{endpoint}", {"data": list(values)}).json()["event_id"]
        kind = ""
        for line in self._stream(f"gradio_api/call/{endpoint}/{event}"):
            name, _, value = line.partition(": ")
            if name == "event":
                kind = value
            elif name == "data" and kind == "complete":
                return json.loads(value)[0]
            elif name == "data" and kind == "error":
                raise AnswerError(200, value)
        raise httpx.RemoteProtocolError("the answer ended early")

    def send(self, part: str, event: str, data: dict[str, Any]) -> list[Any]:
        """Trigger an event of a view that takes no values, wait for all of its answers, and return the last values."""
        number = self._events[part, event]
        session = {"fn_index": number, "trigger_id": self._parts[part], "session_hash": self.page}
        self._post("gradio_api/queue/join", {"data": [], "event_data": data, **session})
        for line in self._stream(f"gradio_api/queue/data?session_hash={self.page}"):
            told = json.loads(line[6:]) if line.startswith("data: ") else {}
            if told.get("msg") == "process_completed":
                if not told["success"]:
                    raise AnswerError(200, str(told["output"]))
                return told["output"]["data"]
            if told.get("msg") == "unexpected_error":
                raise AnswerError(200, str(told.get("message")))
        raise httpx.RemoteProtocolError("the answer ended early")

    def ask(self, part: str, question: str, data: Any) -> Any:
        """Ask a view's function on the server."""
        values = {"data": data, "component_id": self._parts[part], "fn_name": question, "session_hash": self.page}
        return self._post("gradio_api/component_server", values).json()

    def first_page(self) -> str:
        """The page as it is first read."""
        return self._get("").text

    def _get(self, path: str) -> httpx.Response:
        return self._whole(self.web.get(path))

    def _post(self, path: str, values: dict[str, Any]) -> httpx.Response:
        return self._whole(self.web.post(path, json=values))

    def _whole(self, answer: httpx.Response) -> httpx.Response:
        if answer.status_code != 200:
            raise AnswerError(answer.status_code, answer.text)
        return answer

    def _stream(self, path: str) -> Iterator[str]:
        with self.web.stream("GET", path) as answer:
            if answer.status_code != 200:
                raise AnswerError(answer.status_code, answer.read().decode(errors="replace"))
            yield from answer.iter_lines()
