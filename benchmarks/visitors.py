"""Many visitors at once over HTTP against the real server, without browsers: waits, fairness, cross-talk, memory.

python -m benchmarks.visitors --visitors 50 --minutes 10 --out benchmarks/results/limits/visitors.json
python -m benchmarks.visitors --model toybox --visitors 50 --minutes 10

Every visitor has an address, a prompt and seeds of their own, draws one search after the other, and looks at the page
now and then. What they were told is drawn again here afterwards: another visitor's candidates would not be the same.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from benchmarks.told import tell  # noqa: E402
from ttsvar.threads import let_waiting_threads_sleep  # noqa: E402

let_waiting_threads_sleep()

import httpx  # noqa: E402
from engine_fakes import page_engine  # noqa: E402
from served import Server  # noqa: E402

import ttsvar  # noqa: E402
from benchmarks.visitor import FULL, AnswerError, Visitor  # noqa: E402
from ui.api import Api  # noqa: E402
from ui.session.store import SessionStore  # noqa: E402

WANTED, MINUTES = 50, 10.0
MOST_WAIT, MOST_UNFAIR, MOST_GROWTH = 1.0, 2.0, 0.05
"""Seconds of p95 without the model, steps of the quickest visitor over the slowest's, and growth of memory."""
TOO_MANY = 429
WITHOUT_MODEL = ("first page", "progress", "nickname", "select", "rewind")
ENGINES: dict[str, Callable[[], Any]] = {"fake": page_engine, "toybox": lambda: ttsvar.load("toybox")}


@dataclass(frozen=True, kw_only=True)
class Search:
    """A whole search as a visitor was told of it, with what they kept at each scale."""

    prompt: str
    seed: int
    steps: list[dict[str, Any]]
    kept: list[list[int] | None]


@dataclass
class Heard:
    """What one visitor met."""

    steps: int = 0
    full: int = 0
    """How often the queue was full."""
    waits: dict[str, list[float]] = field(default_factory=dict)
    wrong: dict[str, int] = field(default_factory=dict)
    searches: list[Search] = field(default_factory=list)

    def fault(self, what: str) -> None:
        """Count something that must not happen."""
        self.wrong[what] = self.wrong.get(what, 0) + 1


class Person:
    """One visitor, who goes on until the time is over."""

    def __init__(self, number: int, visitor: Visitor, until: float) -> None:
        self.number = number
        self.visitor = visitor
        self.until = until
        self.pick = random.Random(number)
        self.heard = Heard()

    @property
    def prompt(self) -> str:
        """A text that no other visitor has, and that no other's contains."""
        return f"a photo of three blue balls for visitor {self.number:04d}"

    def go(self) -> None:
        """Draw one search after the other; whatever goes wrong is counted, and the visitor goes on."""
        while time.monotonic() < self.until:
            try:
                self._search()
            except (httpx.HTTPError, AnswerError, KeyError, ValueError) as error:
                self.heard.fault(f"{type(error).__name__}: {error!s:.120}")
                time.sleep(1)

    def _search(self) -> None:
        self._timed("first page", self.visitor.first_page)
        seed = self.number * 100_000 + self.pick.randrange(100_000)
        begun = self._timed("begin", lambda: self.visitor.call("begin", self.prompt, "tts-var", 1, seed, None))
        run = begun["run_id"]
        steps: list[dict[str, Any]] = []
        kept: list[list[int] | None] = []
        done = False
        while not done and time.monotonic() < self.until:
            step = self._timed("step", lambda: self.visitor.call("step", run))
            self.heard.steps += 1
            alive, keep = range(len(step["candidates"])), None
            if self.pick.random() < 0.3:
                keep = sorted(self.pick.choices(alive, k=step["keep"]))
            steps, kept = [*steps, step], [*kept, keep]
            self._look(run, step)
            # The last choice draws nothing, but looks at the pictures that it ends with.
            what = "ending" if step["scale"] == begun["scales"] - 1 else "select"
            done = self._timed(what, partial(self.visitor.call, "select", run, keep))["done"]
            time.sleep(self.pick.uniform(0.2, 1.0))
        self.heard.searches.append(Search(prompt=self.prompt, seed=seed, steps=steps, kept=kept))

    def _look(self, run: str, step: dict[str, Any]) -> None:
        """Ask what a page asks, and now and then show the whole page."""
        self._timed("progress", lambda: self.visitor.ask("stage", "progress", {"run": run}))
        name = {"visitor": f"{self.number:032x}", "name": f"Visitor {self.number}"}
        self._timed("nickname", lambda: self.visitor.ask("duel", "nickname", name))
        if self.pick.random() < 0.2:
            again = self._timed("rewind", lambda: self.visitor.call("rewind", run, step["scale"]))
            if again != step:
                self.heard.fault("a scale is told otherwise than before")
        if self.pick.random() < 0.2:
            page = json.dumps(self._timed("page", lambda: self.visitor.send("top", "visit", {"run": run, "at": ""})))
            others = page.replace(self.prompt, "").count("for visitor ")
            if self.prompt not in page or others:
                self.heard.fault("a page shows another visitor's prompt" if others else "a page lacks the prompt")

    def _timed(self, what: str, does: Callable[[], Any]) -> Any:
        """The answer, asked again while the queue is full; notes how long the last asking took."""
        while True:
            began = time.monotonic()
            try:
                answer = does()
            except AnswerError as error:
                if error.status not in (FULL, TOO_MANY):
                    raise
                self.heard.full += 1
                time.sleep(self.pick.uniform(0.5, 1.5))
                continue
            self.heard.waits.setdefault(what, []).append(time.monotonic() - began)
            return answer


def resident(process: int) -> float:
    """MB that a process holds."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def visit(server: Server, number: int, seconds: float) -> tuple[list[Heard], list[float]]:
    """So many visitors for so long; what each met, and the server's memory over the time."""
    until = time.monotonic() + seconds
    with Visitor(server.url) as first:
        config = first.config
    people = [Person(i, Visitor(server.url, config=config, address=f"127.0.1.{i + 1}"), until) for i in range(number)]
    threads = [threading.Thread(target=person.go) for person in people]
    for thread in threads:
        thread.start()
    memory: list[float] = []
    assert server.process is not None
    while time.monotonic() < until:
        memory.append(resident(server.process.pid))
        time.sleep(min(2.0, seconds / 40))
    for thread in threads:
        thread.join()
    for person in people:
        person.visitor.web.close()
    return [person.heard for person in people], memory


def drawn_again(engine: Any, search: Search) -> bool:
    """Whether a search of one visitor alone tells the same."""
    api = Api(SessionStore(engine))
    run = api.begin(search.prompt, "tts-var", 1, search.seed)["run_id"]
    for told, keep in zip(search.steps, search.kept, strict=True):
        if json.loads(json.dumps(api.step(run))) != told:
            return False
        api.select(run, keep)
    return True


def p95(values: list[float]) -> float:
    """The wait that one in twenty is longer than."""
    return sorted(values)[int(0.95 * (len(values) - 1))] if values else 0.0


def row(heard: list[Heard], memory: list[float], minutes: float) -> dict[str, Any]:
    """What was met as a row of docs/limits.md."""
    waits: dict[str, list[float]] = {}
    wrong: dict[str, int] = {}
    for one in heard:
        for what, seconds in one.waits.items():
            waits.setdefault(what, []).extend(seconds)
        for what, times in one.wrong.items():
            wrong[what] = wrong.get(what, 0) + times
    free = p95([seconds for what in WITHOUT_MODEL for seconds in waits.get(what, [])])
    steps = [one.steps for one in heard]
    unfair = max(steps) / max(1, min(steps))
    half = memory[len(memory) // 2 :]
    early, late = half[: len(half) // 2], half[len(half) // 2 :]
    growth = statistics.mean(late) / statistics.mean(early) - 1 if early and late else 0.0
    beyond = [
        f"{minutes:g} minutes, {MINUTES:g} are wanted" if minutes < MINUTES else "",
        f"p95 without the model is {free:.2f} s, {MOST_WAIT:g} s are wanted" if free > MOST_WAIT else "",
        f"one visitor drew {unfair:.2f} times as much as another" if unfair > MOST_UNFAIR else "",
        f"memory grew by {growth:.0%} within the last half" if growth > MOST_GROWTH else "",
    ]
    notes = {
        "minutes": minutes, "searches": sum(len(one.searches) for one in heard), "scales drawn": sum(steps),
        "p95 in seconds without the model": round(free, 3),
        **{f"p95 of {what}": round(p95(seconds), 3) for what, seconds in sorted(waits.items())},
        "most scales of a visitor over fewest": round(unfair, 2), "queue full": sum(one.full for one in heard),
        "MB at the end": round(memory[-1]) if memory else 0, "growth within the last half": f"{growth:.1%}",
    }  # fmt: skip
    return {"count": len(heard), "wrong": wrong, "notes": notes, "beyond": "; ".join(filter(None, beyond))}


def main() -> None:
    """Serve, visit, draw again, print; `--out` also writes the JSON to a file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--model", choices=ENGINES, default="fake")
    parser.add_argument("--visitors", type=int, default=WANTED)
    parser.add_argument("--minutes", type=float, default=MINUTES)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as runs:
        server = Server(Path(runs), args.model)
        server.start()
        try:
            heard, memory = visit(server, args.visitors, args.minutes * 60)
        finally:
            server.stop()
    engine = ENGINES[args.model]()
    for one in heard:
        for search in one.searches[:1]:
            if not drawn_again(engine, search):
                one.fault("a visitor was told of other candidates than theirs")
    model = [] if args.model == "fake" else ["--model", args.model]
    size = ["--visitors", str(args.visitors), "--minutes", f"{args.minutes:g}"]
    told = {
        "what": "visitors at once over HTTP, for ten minutes on two cores", "wanted": WANTED,
        **row(heard, memory, args.minutes), "date": str(date.today()), "seconds": args.minutes * 60,
        "cores": os.cpu_count(), "command": " ".join(["python -m benchmarks.visitors", *model, *size]),
    }  # fmt: skip
    tell(told, args.out)


if __name__ == "__main__":
    main()
