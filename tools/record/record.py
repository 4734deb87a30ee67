"""Make the recorded runs: `python -m tools.record.record` finds runs that really show each story.

Which prompt and seed show a story depends on the weights, so after training run it again. What was surveyed is kept in
`--work`, so that a second call goes on where the first one stopped. `--refresh` keeps the runs and looks at them anew.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import ttsvar
from tools.record.captions import Tale, tell
from tools.record.mended import MENDS, Mend, tell_mended
from tools.record.stories import STORIES, Choice, End, Story, Survey
from tools.record.survey import ends, surveys
from ttsvar.config import SearchConfig
from ttsvar.detections import Detector
from ttsvar.engine.loop import Engine
from ttsvar.evaluation.bench.prompts import EvaluationPrompt
from ttsvar.evaluation.rules.evaluator import evaluator_for
from ttsvar.families.load import TOYBOX_FOLDER
from ttsvar.toybox.detector import load_detector
from ttsvar.toybox.world.reading import read_request
from ui.files.archive import pack
from ui.guide.recorded import FOLDER, INDEX, Recorded, open_recorded, recorded_runs
from ui.page import values_of, visit
from ui.panels.duel.scoreboard import Scoreboard
from ui.panels.panel import Services
from ui.scene.baseline import baseline_of
from ui.scene.pictures import picture_uri
from ui.session.session import Session
from ui.session.store import SessionStore
from ui.shell.text import signed

Found = tuple[EvaluationPrompt, Survey]


def main(argv: Sequence[str] | None = None) -> None:
    """Survey until every story has a run or time is up, then record the runs that fit best."""
    parser = argparse.ArgumentParser(prog="python -m tools.record.record", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20.0, help="for surveying; recording takes a few more")
    parser.add_argument("--per-category", type=int, default=12, help="prompts of each category, seen and held out")
    parser.add_argument("--seeds", type=int, default=4, help="seeds of each prompt")
    parser.add_argument("--spare", type=int, default=2, help="runs that fit, wanted of every story before recording")
    parser.add_argument("--work", type=Path, default=Path(".cache/recorded"), help="surveys, kept between calls")
    parser.add_argument("--out", type=Path, default=FOLDER)
    parser.add_argument(
        "--refresh", action="store_true", help="the shipped runs with all that the page shows by now, such as a new map"
    )
    parser.add_argument("--mended", action="store_true", help="only the runs that somebody mends by going back")
    arguments = parser.parse_args(argv)
    engine, detector = ttsvar.load("toybox"), load_detector(TOYBOX_FOLDER / "detector.safetensors")
    if arguments.mended:
        add_mended(Recorder(engine, detector), arguments.out)
        return
    if arguments.refresh:
        refresh(Recorder(engine, detector), arguments.out)
        return
    until, found = time.monotonic() + 60 * arguments.minutes, []
    looked = surveys(
        engine, detector, arguments.work / "surveys.jsonl", per_category=arguments.per_category, seeds=arguments.seeds
    )
    for pair in looked:
        found.append(pair)
        fits = {story.name: sum(story.fit(s) is not None for _, s in found) for story in STORIES}
        print(f"{len(found)} surveyed; runs that fit: {fits}", flush=True)
        if min(fits.values()) >= arguments.spare or time.monotonic() > until:
            break
    record_all(Recorder(engine, detector), found, arguments.out)
    add_mended(Recorder(engine, detector), arguments.out)


def add_mended(recorder: Recorder, out: Path) -> None:
    """Record the runs that are mended by going back, behind those of the index."""
    others = [run for run in recorded_runs(out) if run.name not in {mend.name for mend in MENDS}]
    runs = [*others, *(record_mended(recorder, mend, out) for mend in MENDS)]
    (out / INDEX).write_text(json.dumps([asdict(run) for run in runs], indent=1) + "\n")


def record_mended(recorder: Recorder, mend: Mend, out: Path) -> Recorded:
    """One run that ends wrong, and the branch of a way back that ends right; ValueError where, drawn, it does not."""
    request = read_request(mend.prompt)
    assert request is not None
    with tempfile.TemporaryDirectory() as folder:
        store = SessionStore(recorder.engine, folder, evaluator=evaluator_for(recorder.engine))
        session = store.create(mend.prompt, SearchConfig(), mend.seed)
        main = recorder.draw(session, None)
        run = recorder.end(session, main, request.metadata)
        parting = next(n.state.id for n in session.history.path(main) if n.state.scale == mend.scale)
        back = session.turn_back(parting, lambda node: mend.turn(recorder.engine, node, run.name))
        other = recorder.onward(session, back)
        mended = recorder.end(session, other, request.metadata)
        if run.correct or not mended.correct:
            raise ValueError(f"{mend.name} does not show its story any more: {run}, {mended}. Find another run.")
        session.history.name("the search", main)
        session.history.name(mend.branch, other)
        places = [
            {"label": f"Scale {mend.first}, drawn anew", "state": back},
            {"label": "How the search ended", "state": main},
            {"label": f"How \u201c{mend.branch}\u201d ended", "state": other},
        ]
        pair, tale = ("the search", mend.branch), tell_mended(mend, run, mended)
        telling = Telling(mend.name, mend.title, tale, pair, run, mended, other, places)
        return written(recorder, session, store, telling, out)


def refresh(recorder: Recorder, out: Path) -> None:
    """Write the shipped runs again: the same branches, and everything that the page shows of them by now."""
    for run in recorded_runs():
        with tempfile.TemporaryDirectory() as folder:
            store = SessionStore(recorder.engine, folder, evaluator=evaluator_for(recorder.engine))
            session = open_recorded(store, run.name)
            current = session.current
            recorder.look_at_everything(session, store)
            session.walked(current)
            session.open(current)
            (out / f"{run.name}.zip").write_bytes(pack(session, shown=True))


def record_all(recorder: Recorder, found: list[Found], out: Path) -> list[Recorded]:
    """Record the best run of each story, each from another prompt, rarest story first; write the index."""
    out.mkdir(parents=True, exist_ok=True)
    taken: set[str] = set()
    made: dict[str, Recorded] = {}
    for story in sorted(STORIES, key=lambda story: sum(story.fit(s) is not None for _, s in found)):
        for prompt, survey in _ranked(story, found, taken):
            recorded = _record(recorder, story, prompt, survey, out)
            if recorded is not None:
                made[story.name] = recorded
                taken.add(prompt.prompt)
                break
        print(f"{story.name}: {'recorded' if story.name in made else 'no run of these shows it'}", flush=True)
    runs = [made[story.name] for story in STORIES if story.name in made]
    (out / INDEX).write_text(json.dumps([asdict(run) for run in runs], indent=1) + "\n")
    for path in out.glob("*.zip"):
        if path.stem not in made:
            path.unlink()
    return runs


def _ranked(story: Story, found: list[Found], taken: set[str]) -> list[Found]:
    fits = [(fit, pair) for pair in found if (fit := story.fit(pair[1])) is not None and pair[0].prompt not in taken]
    return [pair for _, pair in sorted(fits, key=lambda item: -item[0])][:4]


@dataclass(frozen=True)
class Telling:
    """What a recorded run tells, and by which of its branches."""

    name: str
    title: str
    tale: Tale
    pair: tuple[str, str]
    before: End
    after: End
    stands: str
    """Id of the state that it stands at."""
    places: list[dict[str, str]]


class Recorder:
    """Draws a story's branches in a session of its own, and everything that the page shows of them."""

    def __init__(self, engine: Engine, detector: Detector) -> None:
        self.engine = engine
        self.detector = detector

    def draw(self, session: Session, choice: Choice | None) -> str:
        """Walk from the start to the end, as proposed but for one choice; returns the end's id."""
        return self.onward(session, session.history.root.state.id, choice)

    def onward(self, session: Session, at: str, choice: Choice | None = None) -> str:
        """The same from a state on."""
        session.open(at)
        while not session.history.current.state.done:
            node = session.history.current
            counts = None
            if choice is not None and node.state.scale == choice.scale:
                counts = [choice.names.count(name) for name in node.stepped.grown.candidate_ids]
            session.open(session.commit(node.state.id, counts))
        return session.current

    def end(self, session: Session, state_id: str, metadata: dict[str, Any]) -> End:
        """How a branch ended."""
        state = session.history.node(state_id).state
        return ends(self.engine, self.detector, metadata, state)[self.engine.best_index(state)]

    def look_at_everything(self, session: Session, store: SessionStore) -> None:
        """Make every value that the page shows at any state of the run."""
        services = Services(
            store=store,
            scoreboard=Scoreboard(None),
            show=values_of,
            recipe=lambda run: {},
        )
        for node in session.history:
            session.walked(node.state.id)
            visit(services, session, node.state.id)
        baseline_of(session)

    def thumbnail(self, session: Session, end: End) -> str:
        """The picture of a branch's end as a data URI."""
        state = session.history.node(end.state).state
        images = session.finished(end.state).images
        assert images is not None
        return picture_uri(images[state.candidate_ids.index(end.name)].numpy(), 128, 82)


def _record(recorder: Recorder, story: Story, prompt: EvaluationPrompt, survey: Survey, out: Path) -> Recorded | None:
    """Record one run; None where, drawn for real, it does not end as the story says."""
    engine, choice = recorder.engine, story.other(survey)
    search = replace(SearchConfig(), lam=story.lam or SearchConfig().lam)
    with tempfile.TemporaryDirectory() as folder:
        store = SessionStore(engine, folder, evaluator=evaluator_for(engine))
        session = store.create(prompt.prompt, search, survey.seed)
        main = recorder.draw(session, None)
        other = recorder.draw(session, choice)
        if main == other:
            return None
        run, versus = (recorder.end(session, at, prompt.metadata) for at in (main, other))
        if not story.holds(run, versus):
            return None
        parting = next(n.state.id for n in session.history.path(main) if n.state.scale == choice.scale)
        tale = tell(story, survey, run, versus)
        session.history.name("the search", main)
        session.history.name(choice.title, other)
        places = [
            {"label": f"Scale {choice.scale}, where they part", "state": parting},
            {"label": "How the search ended", "state": main},
            {"label": f"How \u201c{choice.title}\u201d ended", "state": other},
        ]
        before, after = (run, versus) if story.name in ("lambda", "override") else (versus, run)
        telling = Telling(story.name, story.title, tale, story.pair, before, after, main, places)
        return written(recorder, session, store, telling, out)


def written(recorder: Recorder, session: Session, store: SessionStore, telling: Telling, out: Path) -> Recorded:
    """Write a run with all that the page shows of it, and say how it is offered."""
    engine, prompt, (before, after) = recorder.engine, session.run.prompt, (telling.before, telling.after)
    told = {"name": telling.name, "title": telling.title, "text": telling.tale.text, "places": telling.places}
    session.origin = {"weights": engine.weights, "story": told}
    recorder.look_at_everything(session, store)
    session.walked(telling.stands)
    session.open(telling.stands)
    assert session.folder is not None
    (session.folder / "origin.json").write_text(json.dumps(session.origin))
    (out / f"{telling.name}.zip").write_bytes(pack(session, shown=True))
    return Recorded(
        name=telling.name,
        title=telling.title,
        summary=telling.tale.summary,
        before=recorder.thumbnail(session, before),
        before_alt=f"{prompt}: {before.name}, reward {signed(before.reward)}",
        before_said=telling.pair[0],
        after=recorder.thumbnail(session, after),
        after_alt=f"{prompt}: {after.name}, reward {signed(after.reward)}",
        after_said=telling.pair[1],
        model=engine.name,
        weights=engine.weights,
    )


if __name__ == "__main__":
    main()
