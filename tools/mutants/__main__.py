"""The command: choose mutants, run them, say what share was killed and list who survived."""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import sys
import time
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from .operators import Mutant, mutants
from .rooms import ROOMS, ROOT, Room
from .run import Verdict, load_libraries, touched, verdicts

EQUIVALENT = Path(__file__).with_name("equivalent.toml")
"""Mutants that no test can notice, each with the reason."""


@dataclass(frozen=True)
class Options:
    """What the command line asks for."""

    rooms: list[Room]
    sample: int
    seed: int
    jobs: int
    minutes: float
    json: Path | None


def read_options() -> Options:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutants", description=__doc__)
    parser.add_argument("rooms", nargs="*", metavar="ROOM", help=", ".join(r.name for r in ROOMS) + "; all if none")
    parser.add_argument("--sample", type=int, default=0, help="this many mutants in all; 0 for every one")
    parser.add_argument("--seed", type=int, default=0, help="which sample")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=60, help="begin no mutant after these")
    parser.add_argument("--json", type=Path, help="write every verdict here")
    args = parser.parse_args()
    if unknown := set(args.rooms) - {r.name for r in ROOMS}:
        parser.error(f"there is no room {', '.join(sorted(unknown))}")
    rooms = [r for r in ROOMS if not args.rooms or r.name in args.rooms]
    return Options(rooms, args.sample, args.seed, args.jobs, args.minutes, args.json)


def read_equivalent() -> dict[str, str]:
    """Reasons by the mutant's key."""
    return {row["mutant"]: row["reason"] for row in tomllib.loads(EQUIVALENT.read_text()).get("equivalent", [])}


def chosen(rooms: list[Room], sample: int, seed: int) -> list[tuple[Room, Mutant]]:
    """The mutants in an order that depends on their keys and the seed alone, cut to the sample."""
    known = read_equivalent()
    every = [(room, m) for room in rooms for path in room.sources() for m in mutants(path, (ROOT / path).read_bytes())]
    order = sorted(every, key=lambda pair: hashlib.blake2b(f"{seed} {pair[1].key} {pair[1].line}".encode()).digest())
    return [pair for pair in order if pair[1].key not in known][: sample or None]


def report(done: list[tuple[Room, Verdict]], planned: int, path: Path | None) -> None:
    """Print the share killed by room and in all, and each survivor with its place; write JSON where it is asked for."""
    tried, killed = Counter(room.name for room, _ in done), Counter(room.name for room, v in done if v.killed)
    for _, verdict in sorted(done, key=lambda pair: (pair[1].mutant.path, pair[1].mutant.line)):
        if not verdict.killed:
            m = verdict.mutant
            print(f"survived  {m.path}:{m.line} in {m.function} ({m.operator})\n    {m.before}\n -> {m.after}")
    for name in tried:
        print(f"{name:10} {killed[name]:4} of {tried[name]:4} killed ({killed[name] / tried[name]:.1%})")
    total = sum(tried.values())
    print(f"in all {sum(killed.values())} of {total} killed ({sum(killed.values()) / max(total, 1):.1%})", end="")
    print("" if total == planned else f"; {planned - total} were not reached in time")
    if path:
        rows = [
            {"room": room.name, "file": v.mutant.path, "line": v.mutant.line, "function": v.mutant.function,
             "operator": v.mutant.operator, "before": v.mutant.before, "after": v.mutant.after, "killed": v.killed,
             "timed_out": v.timed_out, "seconds": round(v.seconds, 1)} for room, v in done
        ]  # fmt: skip
        path.write_text(json.dumps({"tried": total, "killed": sum(killed.values()), "mutants": rows}, indent=1) + "\n")


def main() -> int:
    """Returns 0 whatever survived: the share is a finding, not a failure."""
    options = read_options()
    until = time.monotonic() + 60 * options.minutes
    plan = chosen(options.rooms, options.sample, options.seed)
    load_libraries()
    rooms = {room.name: touched(room) for room in dict.fromkeys(room for room, _ in plan)}
    home = {mutant: room for room, mutant in plan}
    todo = [(mutant, rooms[room.name]) for room, mutant in plan]
    done: list[tuple[Room, Verdict]] = []
    # Ctrl+C ends early, and what was found until then is told.
    with contextlib.suppress(KeyboardInterrupt):
        for verdict in verdicts(todo, options.jobs, until):
            done.append((home[verdict.mutant], verdict))
            if sys.stderr.isatty() or len(done) % 25 == 0:
                print(f"{len(done)} of {len(plan)}", end="\r" if sys.stderr.isatty() else "\n", file=sys.stderr)
    report(done, len(plan), options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
