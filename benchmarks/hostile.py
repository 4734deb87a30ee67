"""How every parser of what comes from outside bears damaged and hostile inputs: refused by name, or read, and quickly.

    python benchmarks/hostile.py --inputs 1000000 --out hostile.json     # goes on where it was stopped; prints JSON

Each input is a function of its number alone: a sound one of our own with bytes, values or texts changed.
"""

from __future__ import annotations

import argparse
import copy
import io
import json
import random
import resource
import sys
import tempfile
import time
import traceback
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from ttsvar.threads import let_waiting_threads_sleep  # noqa: E402

let_waiting_threads_sleep()

from engine_fakes import page_engine  # noqa: E402

from ttsvar.config import SearchConfig  # noqa: E402
from ttsvar.engine.recipe import run_from_json, run_to_json  # noqa: E402
from ttsvar.errors import TTSVarError  # noqa: E402
from ttsvar.outside import read_json  # noqa: E402
from ttsvar.storage.atomic import write_atomically  # noqa: E402
from ttsvar.storage.png import png_bytes, read_recipe  # noqa: E402
from ttsvar.storage.runs import load_history  # noqa: E402
from ui.api import Api  # noqa: E402
from ui.files.archive import check_history, pack, unpack  # noqa: E402
from ui.session.annotations import from_json  # noqa: E402
from ui.session.store import SessionStore  # noqa: E402
from ui.shell import events  # noqa: E402
from ui.shell.hosts import Hosts, host_name  # noqa: E402
from ui.shell.names import clean, skeleton  # noqa: E402

BLOCK = 500
"""Inputs between two savings of what was found."""
ODD: tuple[Any, ...] = (
    None, True, -1, 0, 1, 2**31, 2**63, 10**400, -0.5, 1e308, float("nan"), float("inf"), "", "x" * 5000, "\ud800",
    "\u202e\u0000", "../../x", "NaN", "1e999", [], {}, [[]] * 50, {"a": {"a": {}}}, [0] * 3000, ["c0"] * 600,
)  # fmt: skip
"""Values that no parser hopes for."""
PLAN = "8 8 6:cluster 6 6 4:cluster 2:resample 2 2 1:resample 1 1 1"


@dataclass
class Found:
    """What came of the inputs so far."""

    inputs: int = 0
    read: int = 0
    refused: int = 0
    foreign: dict[str, int] = field(default_factory=dict)
    """By exception and place, those that are none of ours."""
    slowest_seconds: float = 0.0
    """CPU seconds, since others use the machine, too."""
    slowest: str = ""
    by_parser: dict[str, int] = field(default_factory=dict)


Reader = Callable[[random.Random], object]


def spoilt(data: bytes, rng: random.Random) -> bytes:
    """Bytes with some of them changed, cut, repeated or put elsewhere."""
    held = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(held) + 1)
        kind = rng.randrange(5)
        if kind == 0 and held:
            held[min(at, len(held) - 1)] = rng.randrange(256)
        elif kind == 1:
            del held[at : at + rng.randint(1, 64)]
        elif kind == 2:
            held[at:at] = rng.randbytes(rng.randint(1, 16))
        elif kind == 3:
            held[at:at] = held[at : at + rng.randint(1, 256)]
        else:
            del held[at:]
    return bytes(held)


def doctored(value: Any, rng: random.Random) -> Any:
    """A JSON value with one or two of its parts replaced, left out or repeated."""
    value = copy.deepcopy(value)
    for _ in range(rng.randint(1, 2)):
        here: Any = value
        while isinstance(here, dict | list) and here:
            key = rng.choice(list(here)) if isinstance(here, dict) else rng.randrange(len(here))
            if rng.random() < 0.5 and isinstance(here[key], dict | list) and here[key]:
                here = here[key]
                continue
            kind = rng.randrange(6)
            if kind == 0:
                del here[key]
            elif kind == 1 and isinstance(here, list):
                here.extend([here[key]] * rng.choice((1, 5, 700)))
            else:
                here[key] = copy.deepcopy(rng.choice(ODD))  # else a later input would find it changed
            break
    return value


class Parsers:
    """Everything that reads what comes from outside, over sound inputs of a small run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        engine = page_engine()
        self.store = SessionStore(engine, folder / "runs")
        session = self.store.create("a photo of three blue balls", SearchConfig(), 0)
        while not session.history.current.state.done:
            session.open(session.commit(session.open(session.current).state.id))
        self.api, self.run = Api(self.store), session.id
        self.png = png_bytes(engine.best(session.history.current.state))
        self.zip = pack(session)
        self.recipe = run_to_json(session.run)
        assert session.folder
        self.index = json.loads((session.folder / "run.json").read_text())
        self.steps = {path.name: path.read_bytes() for path in (session.folder / "steps").iterdir()}

    def table(self) -> dict[str, tuple[int, Reader]]:
        """By name how often a parser is taken, and what it does with an input made from random numbers."""
        return {
            "png": (20, lambda rng: read_recipe(spoilt(self.png, rng))),
            "recipe": (25, lambda rng: run_from_json(doctored(self.recipe, rng))),
            "json": (15, lambda rng: read_json(spoilt(json.dumps(self.recipe).encode(), rng), 10**6)),
            "run.json": (2, self._folder),
            "zip": (2, self._zip),
            "api": (15, self._api),
            "events": (8, self._events),
            "names": (8, self._names),
            "annotations": (5, lambda rng: from_json(spoilt(b'{"format": 1, "duels": []}', rng))),
        }

    def _folder(self, rng: random.Random) -> None:
        with tempfile.TemporaryDirectory(dir=self.folder) as name:
            folder = Path(name)
            (folder / "steps").mkdir()
            damaged = rng.choice(list(self.steps)) if rng.random() < 0.5 else ""
            for step, content in self.steps.items():
                (folder / "steps" / step).write_bytes(spoilt(content, rng) if step == damaged else content)
            index = self.index if damaged else doctored(self.index, rng)
            text = json.dumps(index).encode()
            (folder / "run.json").write_bytes(spoilt(text, rng) if rng.random() < 0.3 else text)
            check_history(load_history(folder))

    def _zip(self, rng: random.Random) -> None:
        data = spoilt(self.zip, rng)
        if rng.random() < 0.5:
            buffer = io.BytesIO()
            with zipfile.ZipFile(io.BytesIO(self.zip)) as old, zipfile.ZipFile(buffer, "w") as new:
                wanted = rng.choice([name for name in old.namelist() if name.startswith("session/")])
                for name in old.namelist():
                    if name.startswith("session/"):
                        new.writestr(name, spoilt(old.read(name), rng) if name == wanted else old.read(name))
            data = buffer.getvalue()
        fill, _ = unpack(data)
        with tempfile.TemporaryDirectory(dir=self.folder) as name:
            fill(Path(name))
            check_history(load_history(Path(name)))

    def _api(self, rng: random.Random) -> None:
        import gradio as gr

        sound = {"prompt": "a cup", "search": "tts-var", "n": 1, "seed": 0, "settings": {"lam": 5, "plan": PLAN}}
        begin = doctored(sound, rng)
        calls: list[Callable[[], object]] = [
            partial(self.api.select, self.run, rng.choice(ODD)),
            partial(self.api.rewind, self.run, rng.choice(ODD)),
            partial(self.api.step, rng.choice(ODD)),
        ]
        if "prompt" in begin and rng.random() < 0.7:
            # Read as far as a search is made of it; nothing is drawn.
            calls = [partial(self._begin, begin)]
        try:
            rng.choice(calls)()
        except gr.Error as error:
            raise TTSVarError(str(error)) from error

    def _begin(self, values: dict[str, Any]) -> None:
        run = self.api.begin(**values)["run_id"]
        session = self.store.get(run)
        assert session is not None
        self.store.discard(session)

    def _events(self, rng: random.Random) -> None:
        kinds = (events.BoardEvent, events.CompareEvent, events.CandidateEvent, events.NameEvent, events.FileEvent)
        sound = {"run": self.run, "at": "a", "kind": "next", "counts": [1, 2], "row": 3, "name": "n", "data": "d"}
        rng.choice(kinds).read(doctored(sound, rng))

    def _names(self, rng: random.Random) -> None:
        text = "".join(chr(rng.randrange(rng.choice((128, 0x3000, 0x110000)))) for _ in range(60))
        skeleton(clean(text, 20))
        host_name(text)
        Hosts(names=frozenset({"a.b"})).may_act("http://" + text[:20], "a.b")


def one(number: int, parsers: dict[str, tuple[int, Reader]], found: Found) -> None:
    """Read one input, and note what came of it."""
    rng = random.Random(number)
    name = rng.choices(list(parsers), [weight for weight, _ in parsers.values()])[0]
    began = time.process_time()
    try:
        parsers[name][1](rng)
        found.read += 1
    except TTSVarError:
        found.refused += 1
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        told = f"{name}: {type(error).__name__} at {Path(place.filename).name}:{place.lineno}"
        known = next((k for k in found.foreign if k.startswith(f"{told},")), f"{told}, first with input {number}")
        found.foreign[known] = found.foreign.get(known, 0) + 1
    seconds = time.process_time() - began
    found.inputs, found.by_parser[name] = found.inputs + 1, found.by_parser.get(name, 0) + 1
    if seconds > found.slowest_seconds:
        found.slowest_seconds, found.slowest = round(seconds, 3), f"{name}, input {number}"


def main() -> None:
    """Go on until there are so many inputs; the file says what was found, after every block."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop after so long; go on another time")
    parser.add_argument("--out", type=Path, default=Path("hostile.json"))
    args = parser.parse_args()
    kept = json.loads(args.out.read_text())["found"] if args.out.exists() else {}
    found, until = Found(**kept), time.monotonic() + args.seconds
    with tempfile.TemporaryDirectory() as folder:
        parsers = Parsers(Path(folder)).table()
        base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        while found.inputs < args.inputs and time.monotonic() < until:
            for number in range(found.inputs, min(found.inputs + BLOCK, args.inputs)):
                one(number, parsers, found)
            grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - base) / 1024
            told = {"date": str(date.today()), "grown_mb": round(grown), "found": asdict(found)}
            write_atomically(args.out, lambda file, told=told: file.write(json.dumps(told, indent=1).encode()))
    print(args.out.read_text())


if __name__ == "__main__":
    main()
