"""What happens to runs when everything goes wrong, counted: histories, kills, damaged folders, old runs; prints JSON.

python -m benchmarks.trials histories --count 1000 --out benchmarks/results/limits/histories.json

Each trial says how many were tried, how many went wrong and how, and what is wanted; `python -m benchmarks.limits`
writes docs/limits.md from what they printed. They run over the fake engine: what is tried is everything around the
model.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from benchmarks.told import tell  # noqa: E402
from ttsvar.threads import let_waiting_threads_sleep  # noqa: E402

let_waiting_threads_sleep()

import torch  # noqa: E402
from engine_fakes import fake_engine, page_engine  # noqa: E402
from wandering import wander  # noqa: E402

from ttsvar.config import SearchConfig  # noqa: E402
from ttsvar.engine.history import History  # noqa: E402
from ttsvar.storage.png import png_bytes, read_recipe  # noqa: E402
from ttsvar.storage.replay import reached, replay  # noqa: E402
from ttsvar.storage.runs import INDEX, load_history, save_history  # noqa: E402
from ttsvar.types import ScaleSchedule  # noqa: E402
from ui.session.store import SessionStore  # noqa: E402

SHORT = ScaleSchedule(tuple((s, s) for s in (1, 2, 3, 4, 5)))
SEARCH = SearchConfig(n=2, batch=(3, 3, 2, 2, 2), cluster_scales=(2,), resample_scales=(3,))
PROMPT = "a photo of three blue balls"


@dataclass
class Tried:
    """What came of a trial so far."""

    count: int = 0
    wrong: dict[str, int] = field(default_factory=dict)
    """How often, by what went wrong."""
    notes: dict[str, float] = field(default_factory=dict)
    """Figures beside the count, such as seconds."""

    def note(self, fault: str | None) -> None:
        """Count one, and its fault where it had one."""
        self.count += 1
        if fault is not None:
            self.wrong[fault] = self.wrong.get(fault, 0) + 1


def histories(tried: Tried, count: int, folder: Path) -> None:
    """Random ways through a search, with branches and ways back: drawn again from a picture, and read from disk."""
    for seed in range(count):
        engine = fake_engine(schedule=SHORT)
        history = History(engine.begin("two red stars", search=SEARCH, seed=seed))
        state = wander(engine, history, seed)
        state = state if state.scale else engine.step(state).grown
        recipe = read_recipe(png_bytes(engine.best(state)))
        *_, last = replay(fake_engine(schedule=SHORT), recipe)
        again = reached(last, recipe)
        same = again.id == state.id and all(torch.equal(a, b) for a, b in zip(again.bits, state.bits, strict=True))
        place = folder / str(seed)
        save_history(history, place)
        read = {node.state.id for node in load_history(place)}
        shutil.rmtree(place)
        if not same or last.differing:
            tried.note("the picture's run came out differently")
        else:
            tried.note(None if read == {node.state.id for node in history} else "the folder holds other states")


def kills(tried: Tried, count: int, folder: Path) -> None:
    """A process that begins, steps and chooses is killed at a random moment: what it had answered is on disk."""
    pick = random.Random(0)
    for number in range(count):
        root, (reader, writer) = folder / str(number), os.pipe()
        child = os.fork()
        if not child:
            _work(root, writer, number)
        os.close(writer)
        time.sleep(pick.uniform(0.05, 3.0))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(reader, "rb") as answers:
            told = [line.split() for line in answers.read().decode().splitlines(keepends=True) if line.endswith("\n")]
        tried.note(_lost(root, told))
        tried.notes["answers"] = tried.notes.get("answers", 0) + len(told)


def _work(root: Path, writer: int, seed: int) -> None:
    """Search for ever, and tell every state once the store has answered; never returns."""
    store = SessionStore(page_engine(), root)
    while True:
        session = store.create(PROMPT, SearchConfig(), seed)
        os.write(writer, f"{session.id} {session.current}\n".encode())
        while not session.history.current.state.done:
            session.open(session.current)
            session.open(session.commit(session.current))
            os.write(writer, f"{session.id} {session.current}\n".encode())


def _lost(root: Path, told: list[list[str]]) -> str | None:
    store = SessionStore(page_engine(), root)
    for run, state in told:
        session = store.get(run)
        if session is None:
            return "a run that was answered is gone"
        if state not in session.history:
            return "a state that was answered is gone"
    for left in root.glob(f"*/{INDEX}"):
        if store.get(left.parent.name) is None:
            return "a run that was being written cannot be read"
    return None


def folders(tried: Tried, count: int, folder: Path) -> None:
    """Run folders with bytes changed, cut off or missing: the run opens or counts as absent, and others open."""
    store = SessionStore(page_engine(), folder)
    sound = [store.create(PROMPT, SearchConfig(), seed) for seed in (1, 2)]
    for session in sound:
        for _ in range(4):
            session.open(session.current)
            session.open(session.commit(session.current))
    victim, other = sound
    assert victim.folder is not None
    for number in range(count):
        pick = random.Random(number)
        copy = folder / f"damaged{number:06d}"
        shutil.copytree(victim.folder, copy)
        _damage(copy, pick)
        try:
            fresh = SessionStore(page_engine(), folder)
            found, whole = fresh.get(copy.name), fresh.get(other.id)
            if found is not None:
                found.open(found.current)
                tried.notes["opened"] = tried.notes.get("opened", 0) + 1
            fault = None if whole is not None and len(whole.history) == len(other.history) else "another run was lost"
        except Exception as error:
            fault = f"{type(error).__name__} while it was opened"
        tried.note(fault)
        shutil.rmtree(copy)


def _damage(folder: Path, pick: random.Random) -> None:
    path = pick.choice(sorted(path for path in folder.rglob("*") if path.is_file()))
    data = bytearray(path.read_bytes())
    match pick.randrange(4):
        case 0:
            path.unlink()
            return
        case 1:
            data = data[: pick.randrange(len(data) + 1)]
        case 2:
            data = bytearray(pick.randbytes(pick.choice((0, 1, 100))))
        case _:
            for _ in range(pick.choice((1, 3, 30)) if data else 0):
                data[pick.randrange(len(data))] = pick.randrange(256)
    path.write_bytes(data)


def old(tried: Tried, count: int, folder: Path) -> None:
    """A folder of so many runs: the server starts, opens one, and looks through all of them twice."""
    store = SessionStore(page_engine(), folder)
    session = store.create(PROMPT, SearchConfig(), 0)
    session.open(session.current)
    assert session.folder is not None
    for number in range(count):
        shutil.copytree(session.folder, folder / f"old{number:07d}")
    began = time.perf_counter()
    fresh = SessionStore(page_engine(), folder)
    found = fresh.get(f"old{count - 1:07d}")
    tried.notes["seconds to open one"] = round(time.perf_counter() - began, 2)
    for look in ("first", "second"):
        began = time.process_time()
        fresh.sweep()
        tried.notes[f"CPU seconds of the {look} look at all"] = round(time.process_time() - began, 2)
    left = sum(1 for _ in folder.glob(f"old*/{INDEX}"))
    tried.count = count
    if found is None or left != count:
        tried.wrong["runs are gone"] = count - left


@dataclass(frozen=True)
class Trial:
    """One kind of trial, in words, and how many are wanted."""

    run: Callable[[Tried, int, Path], None]
    what: str
    wanted: int


TRIALS = {
    "histories": Trial(histories, "random histories, drawn again from a picture and read from disk", 1000),
    "kills": Trial(kills, "kills (SIGKILL) of a process at work on the store of runs", 100),
    "folders": Trial(folders, "damaged run folders", 400),
    "old": Trial(old, "old runs in one folder", 5000),
}


def main() -> None:
    """Try, print; `--out` also writes the JSON to a file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("trial", choices=TRIALS)
    parser.add_argument("--count", type=int)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    torch.set_num_threads(1)  # a process that forks may have no other threads
    trial, tried, began = TRIALS[args.trial], Tried(), time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        trial.run(tried, args.count or trial.wanted, Path(folder))
    told: dict[str, Any] = {
        "what": trial.what, "wanted": trial.wanted, **asdict(tried), "date": str(date.today()),
        "seconds": round(time.perf_counter() - began, 1), "cores": os.cpu_count(),
        "command": f"python -m benchmarks.trials {args.trial} --count {tried.count}",
    }  # fmt: skip
    tell(told, args.out)


if __name__ == "__main__":
    main()
