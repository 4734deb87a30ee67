"""The real server is killed (SIGKILL) in the middle of what it is asked, and started again over the same folder.

python -m benchmarks.server_kills --out benchmarks/results/limits/server-kills.json    # goes on where it was stopped

What had been answered must be there, told by the new server as it was, and drawn again from its recipe to the same
bits; the run then goes on. Prints JSON.
"""

from __future__ import annotations

import argparse
import base64
import io
import json
import os
import random
import shutil
import statistics
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from ttsvar.threads import let_waiting_threads_sleep  # noqa: E402

let_waiting_threads_sleep()

import httpx  # noqa: E402
import torch  # noqa: E402
from engine_fakes import page_engine  # noqa: E402
from served import Server  # noqa: E402

from benchmarks.trials import Tried  # noqa: E402
from benchmarks.visitor import AnswerError, Visitor  # noqa: E402
from ttsvar.engine.history import History  # noqa: E402
from ttsvar.errors import TTSVarError  # noqa: E402
from ttsvar.storage.atomic import write_atomically  # noqa: E402
from ttsvar.storage.png import png_bytes, read_recipe  # noqa: E402
from ttsvar.storage.replay import reached, replay  # noqa: E402
from ttsvar.storage.runs import INDEX, load_history  # noqa: E402
from ui.session.annotations import read_duels  # noqa: E402

PROMPT = "a photo of three blue balls"
VISITOR = "0123456789abcdef" * 2
WANTED = 100
ACTS = ("begin", "select", "duel", "save")
"""What the server is killed in, one after the other."""


@dataclass
class Told:
    """What the server had answered of one run."""

    run: str
    steps: dict[int, dict[str, Any]] = field(default_factory=dict)
    """By scale what `step` told."""
    chosen: dict[int, list[str]] = field(default_factory=dict)
    """By scale who lived on into it, as `select` told."""
    done: bool = False
    compared: str = ""
    """The state whose comparison was answered."""
    saved: list[str] = field(default_factory=list)
    """States in a ZIP that was answered."""

    @property
    def answers(self) -> int:
        """How many there were."""
        return 1 + len(self.steps) + len(self.chosen) + bool(self.compared) + bool(self.saved)


class Work:
    """What one life of the server is asked, and what it answered."""

    def __init__(self, visitor: Visitor, root: Path, pick: random.Random) -> None:
        self.visitor = visitor
        self.root = root
        self.pick = pick
        self.told: list[Told] = []
        self.fault: str | None = None

    def begin(self) -> Told:
        """Begin a run."""
        run = self.visitor.call("begin", PROMPT, "tts-var", 1, self.pick.randrange(10**6), None)["run_id"]
        self.told.append(Told(run))
        return self.told[-1]

    def select(self) -> Told:
        """Draw a scale of the last run, or of another where it is done, and choose who lives on."""
        told = self.told[-1] if self.told and not self.told[-1].done else self.begin()
        step = self._step(told)
        alive = range(len(step["candidates"]))
        keep = sorted(self.pick.choices(alive, k=step["keep"])) if self.pick.random() < 0.5 else None
        answer = self.visitor.call("select", told.run, keep)
        told.chosen[answer["scale"]], told.done = answer["candidates"], answer["done"]
        return told

    def duel(self) -> Told:
        """Choose otherwise than the algorithm in a new run, and compare both to the end."""
        told = self.begin()
        counts = [candidate["drawn"] for candidate in self._step(told)["candidates"]]
        worst = counts.index(min(counts))
        counts[worst] += 1
        at = json.loads((self.root / told.run / INDEX).read_text())["current"]
        self.visitor.send("duel", "compare", {"run": told.run, "at": at, "counts": counts, "visitor": VISITOR})
        told.compared = at
        return told

    def save(self) -> Told:
        """Go on by a scale, and take the run along as a ZIP."""
        told = self.select()
        answer = self.visitor.ask("takeaway", "pack", told.run)
        if "error" in answer:
            raise AnswerError(200, answer["error"])
        with zipfile.ZipFile(io.BytesIO(base64.b64decode(answer["data"]))) as archive:
            told.saved = [node["id"] for node in json.loads(archive.read("session/run.json"))["nodes"]]
        return told

    def _step(self, told: Told) -> dict[str, Any]:
        step = self.visitor.call("step", told.run)
        told.steps[step["scale"]] = step
        return step

    def until_gone(self, act: Callable[[], Told], seconds: list[float]) -> None:
        """Act again and again until the server is gone; notes how long each took."""
        try:
            while True:
                began = time.monotonic()
                act()
                seconds.append(time.monotonic() - began)
        except httpx.HTTPError:
            return
        except (AnswerError, ValueError) as error:
            self.fault = f"an answer that was none: {error}"


class Lives:
    """The server over one folder, life after life."""

    def __init__(self, root: Path, tried: Tried) -> None:
        self.root = root
        self.tried = tried
        self.seconds: dict[str, list[float]] = {name: [0.3] for name in ACTS}
        """How long each act took where it was answered."""
        self.before: list[Told] = []

    def live(self, number: int, *, last: bool = False) -> None:
        """Start the server, check what it answered in its life before, and kill it in the middle of an act."""
        server = Server(self.root, "fake")
        server.start()
        assert server.process is not None
        try:
            with Visitor(server.url) as visitor:
                if self.before:
                    self.tried.note(self.lost(visitor))
                if not last:
                    self._work(visitor, number, server.process.kill)
        finally:
            server.process.kill()
            server.process.wait()

    def _work(self, visitor: Visitor, number: int, kill: Callable[[], None]) -> None:
        for run in [told.run for told in self.before]:
            shutil.rmtree(self.root / run)  # it was looked at
        name, pick = ACTS[number % len(ACTS)], random.Random(number)
        work = Work(visitor, self.root, pick)
        work.begin()
        for _ in range(pick.choice((0, 1, 3, 6))):
            work.select()
        # A median of what was measured, so that as many kills come in the first act as in the second.
        delay = pick.uniform(0, 2 * statistics.median(self.seconds[name]))
        act = threading.Thread(target=work.until_gone, args=(getattr(work, name), self.seconds[name]))
        act.start()
        time.sleep(delay)
        kill()
        act.join()
        self.before = work.told
        if work.fault:
            self.tried.wrong[work.fault] = self.tried.wrong.get(work.fault, 0) + 1
        for note, more in ((f"within {name}", 1), ("answers", sum(told.answers for told in work.told))):
            self.tried.notes[note] = self.tried.notes.get(note, 0) + more

    def lost(self, visitor: Visitor) -> str | None:
        """What is wrong with what the server answered in its life before; None where nothing is."""
        try:
            faults = (missing(visitor, self.root, told) for told in self.before)
            fault = next((fault for fault in faults if fault), None)
            if fault is None:
                for left in self.root.glob(f"*/{INDEX}"):
                    load_history(left.parent)  # runs that were begun and not answered are whole, too
            return fault
        except AnswerError as error:
            return f"an answer of {error.status}: {error}"
        except TTSVarError as error:
            return f"{type(error).__name__}: {error}"


def missing(visitor: Visitor, root: Path, told: Told) -> str | None:
    """What of a run's answers is gone or other than it was told; then it goes on, and is drawn again."""
    kept = load_history(root / told.run)
    nodes = [node.state for node in kept]
    if any(not any((s.scale, list(s.candidate_ids)) == chosen for s in nodes) for chosen in told.chosen.items()):
        return "a choice that was answered is gone"
    if not {node.id for node in nodes}.issuperset(told.saved):
        return "a state of a saved session is gone"
    if told.compared and told.compared not in {duel.at for duel in read_duels(kept, root / told.run)}:
        return "a comparison that was answered is gone"
    for scale in sorted(told.steps, reverse=True):  # from a scale on the way one can go back, and not on
        if visitor.call("rewind", told.run, scale) != told.steps[scale]:
            return "a scale is told otherwise than before"
    if told.steps:
        visitor.call("select", told.run, None)
        visitor.call("step", told.run)
    return drawn_again(load_history(root / told.run))


def drawn_again(history: History) -> str | None:
    """Draw every branch of a run from the recipe in its picture; None where all bits are the same."""
    ways = [node.state if node.result is None else node.result.grown for node in history]
    above = {state.parent_id for state in ways}
    for state in (state for state in ways if state.id not in above and state.scale):
        recipe = read_recipe(png_bytes(page_engine().best(state)))
        *_, last = replay(page_engine(), recipe)
        again = reached(last, recipe)
        same = again.id == state.id and all(torch.equal(a, b) for a, b in zip(again.bits, state.bits, strict=True))
        if not same or last.differing:
            return "a run comes out differently when it is drawn again"
    return None


def main() -> None:
    """Kill until there were so many, print; the file says what was found, after every life."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--count", type=int, default=WANTED)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after so long; go on another time")
    parser.add_argument("--out", type=Path, default=Path("server-kills.json"))
    args = parser.parse_args()
    kept = json.loads(args.out.read_text()) if args.out.exists() else {}
    tried = Tried(**{name: kept[name] for name in ("count", "wrong", "notes") if name in kept})
    earlier, began = kept.get("seconds", 0.0), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        lives, number = Lives(Path(folder), tried), tried.count
        while number < args.count and time.monotonic() - began < args.seconds:
            lives.live(number)
            number += 1
            _write(args.out, tried, earlier + time.monotonic() - began)
        lives.live(number, last=True)
    _write(args.out, tried, earlier + time.monotonic() - began)
    print(args.out.read_text())


def _write(out: Path, tried: Tried, seconds: float) -> None:
    told = {
        "what": "kills of the real server, among them in begin, select, a comparison and a save", "wanted": WANTED,
        **asdict(tried), "date": str(date.today()), "seconds": round(seconds, 1), "cores": os.cpu_count(),
        "command": f"python -m benchmarks.server_kills --count {tried.count}",
    }  # fmt: skip
    write_atomically(out, lambda file: file.write((json.dumps(told, indent=1) + "\n").encode()))


if __name__ == "__main__":
    main()
