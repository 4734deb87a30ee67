"""`python -m ttsvar evaluate`: experiments by name, on the published prompts, into one store."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from functools import partial
from pathlib import Path

from ttsvar.config import STRATEGIES, SearchConfig, search_config
from ttsvar.errors import ConfigError
from ttsvar.evaluation.bench.experiment import Experiment, bases
from ttsvar.evaluation.bench.experiments import EXPERIMENTS
from ttsvar.evaluation.bench.measurements import detector_error, schedule_cost
from ttsvar.evaluation.bench.pools import Build, InProcess, OnRay, Pool
from ttsvar.evaluation.bench.prompts import EvaluationPrompt, evaluation_prompts, list_of
from ttsvar.evaluation.bench.store import Conditions, Row, Store
from ttsvar.evaluation.bench.sweep import COSTS, in_turn, make_jobs, matched_best_of_n, sweep
from ttsvar.evaluation.bench.worker import Job, Worker
from ttsvar.evaluation.report.summary import summarize, table
from ttsvar.evaluation.rules.measures import (
    TOYBOX_DETECTOR,
    measure_files,
    open_measure,
    toybox_detector,
    toybox_reconstruction,
)
from ttsvar.families.load import LoadSettings, load
from ttsvar.toybox.worlds import detector_of, world_of, world_of_model
from ttsvar.weights.digest import weights_digest
from ttsvar.weights.room import pick_device

DEFAULT_STORE = Path("runs/evidence.sqlite")
MATCHED_ARM = "tts-var n=2"
MATCHED_NOTES = {
    "FLOPs": "matched best-of-n, FLOPs",
    "transformer FLOPs": "matched best-of-n, transformer FLOPs",
    "seconds": "matched best-of-n",
}
"""Experiments with `matched` get best-of-N that costs as much as this arm, by cost; its N is chosen once and noted."""
TRACED = search_config("best-of-n", n=8)
"""The candidates whose rewards at every scale tell consistency."""
PLACES = ("device", "weights", "offload", "reward", "extractor")
"""Settings of loading that do not change the pictures of a search."""
MEASUREMENTS = ("consistency", "schedule", "detector")
"""What can be asked for beside the experiments."""


@dataclass(frozen=True)
class Size:
    """Prompts of each category, images of each prompt and arm, and the most prompts in all, categories in turn."""

    per_category: int
    seeds: int
    most: int | None = None


FULL, QUICK = Size(3, 1), Size(1, 1, most=4)
FULL_SIZES = {"headline": Size(30, 4), "early-pick": Size(20, 1), "equal-cost": Size(20, 1)}
QUICK_SIZES = {"headline": Size(3, 1)}
"""Where an experiment is not of the usual size: a question that needs more images to be told from chance."""


@dataclass(frozen=True)
class Options:
    """What the command line says beside the experiments; None leaves the choice to the experiment's own size."""

    model: str = "toybox"
    out: Path = DEFAULT_STORE
    quick: bool = False
    per_category: int | None = None
    seeds: int | None = None
    prompts: Path | None = None
    """A list in GenEval's form; that of the model's world where it is None."""
    held_out: bool | None = None
    measure: Path | None = None
    """Folder of the detector and CLIP for prompts about the real world; None for a world of ours."""
    settings: LoadSettings = field(default_factory=LoadSettings)
    """How the model is loaded; its device is the measure's, too."""
    ray: str | None = None
    workers: int | None = None

    def size(self, experiment: str) -> Size:
        """How many images an experiment gets."""
        usual = QUICK_SIZES.get(experiment, QUICK) if self.quick else FULL_SIZES.get(experiment, FULL)
        changes = {"per_category": self.per_category, "seeds": self.seeds}
        told = {name: value for name, value in changes.items() if value is not None}
        if told.get("seeds", 1) < 1:
            raise ConfigError(f"seeds is {told['seeds']}; it must be at least 1.")
        return replace(usual, **told, most=None) if "per_category" in told else replace(usual, **told)

    def chosen(self, experiment: str) -> list[EvaluationPrompt]:
        """The prompts of an experiment."""
        size = self.size(experiment)
        prompts = evaluation_prompts(size.per_category, path=list_of(self.model, self.prompts), held_out=self.held_out)
        return in_turn(prompts)[: size.most]


def build_worker(model: str, measure: Path | None, settings: LoadSettings) -> Worker:
    """Load a model and its measure; nothing is remembered, or later arms would look cheaper than they are."""
    engine = load(model, settings=settings, remember_bytes=0)
    if engine.prompts.choices:
        raise ConfigError(f"{model!r} draws classes, and the experiments ask for scenes in words; name another model.")
    world = world_of(engine.prompts.vocabulary)
    if measure is None and world is None:
        raise ConfigError(
            f"{model!r} takes any text, and the detectors of our worlds know their own objects only; give --measure "
            "with GenEval's models and --prompts with its evaluation_metadata.jsonl."
        )
    detector = TOYBOX_DETECTOR if world is None else detector_of(world, model)
    opened = open_measure(measure, settings.device, detector)
    judged_by = weights_digest(measure_files(measure, detector))
    sampling = json.dumps(asdict(engine.sampling), sort_keys=True)
    told = f"{engine.weights} {judged_by} {sampling}{settings_that_tell(settings)}"
    digest = hashlib.blake2b(told.encode(), digest_size=6)
    return Worker(engine, opened, digest.hexdigest())


def settings_that_tell(settings: LoadSettings) -> str:
    """What changes the pictures and is not the model's own, as text: empty for a plain loading, as for earlier rows."""
    own = {f.name: f.default for f in fields(LoadSettings)}
    values = {name: value for name, value in asdict(settings).items() if name not in PLACES and value != own[name]}
    return f" {json.dumps(values, sort_keys=True)}" if values else ""


def evaluate(names: Sequence[str], options: Options) -> None:
    """Run experiments and measurements by name, or 'all', and print what each says."""
    chosen = chosen_names(names)
    build = partial(build_worker, options.model, options.measure, options.settings)
    options.chosen(chosen[0])
    with Evaluation(Store(options.out), build, options) as session:
        for name in chosen:
            session.run(name)
    print(f"\nRows are in {options.out}; python -m ttsvar report --rows {options.out} turns them into a page.")


def chosen_names(names: Sequence[str]) -> list[str]:
    """The names asked for, 'all' spelled out; raises ConfigError with the list where one does not exist."""
    known = [*EXPERIMENTS, *MEASUREMENTS]
    if wrong := [name for name in names if name not in (*known, "all")]:
        raise ConfigError(f"There is no experiment {wrong[0]!r}; choose from all, {', '.join(known)}.")
    return known if "all" in names else list(dict.fromkeys(names))


class Evaluation:
    """One call of the command: a store, and the models, loaded when first needed."""

    def __init__(self, store: Store, build: Build, options: Options) -> None:
        self.store, self.build, self.options = store, build, options
        self._pool: Pool | None = None
        self._here: InProcess | None = None

    def __enter__(self) -> Evaluation:
        return self

    def __exit__(self, *_: object) -> None:
        if isinstance(self._pool, OnRay):
            self._pool.close()
        self.store.close()

    @property
    def pool(self) -> Pool:
        """Who does the jobs."""
        if self._pool is None:
            if self.options.ray is None:
                self._pool = self.here
            else:
                gpu = pick_device(self.options.settings.device).type == "cuda"
                self._pool = OnRay(self.build, self.options.ray, self.options.workers, gpu=gpu)
        return self._pool

    @property
    def weights(self) -> str:
        """Of the models that do the jobs."""
        return self.pool.weights()

    def _schedule(self) -> object:
        return schedule_cost(self.here.worker.engine)

    def _detector(self) -> object:
        world = world_of_model(self.options.model)
        if self.options.measure is not None or world is None or world.name != "toybox":
            raise ConfigError("The detector's own error is measured on scenes of the toybox; leave it out here.")
        return detector_error(toybox_detector(), toybox_reconstruction())

    @property
    def here(self) -> InProcess:
        """The models in this process."""
        if self._here is None:
            self._here = InProcess(self.build)
        return self._here

    def run(self, name: str) -> None:
        """Do one experiment or measurement, and print what it says."""
        notes: dict[str, Callable[[], object]] = {"schedule": self._schedule, "detector": self._detector}
        if name in notes:
            if name not in self.store.notes(self.weights):
                self.store.set_note(self.weights, name, notes[name]())
            print(f"{name}: measured, see the report.")
        elif name == "consistency":
            self._sweep(name, [TRACED], trace=True)
        else:
            self._experiment(EXPERIMENTS[name])

    def _experiment(self, experiment: Experiment) -> None:
        arms = self._runnable(experiment)
        self._sweep(experiment.name, list(arms.values()))
        for cost, extra in self._matched(experiment).items():
            self._sweep(f"{experiment.name}, same {cost}", [extra], size_of=experiment.name)
            arms.setdefault(f"best-of-n n={extra.n}", extra)
        rows = self._rows(arms, experiment.name)
        plain = [label for label, search in arms.items() if not STRATEGIES[search.strategy].decides]
        print(f"\n{experiment.title}\n{table(summarize(rows, plain, bases(arms)))}\n")

    def _runnable(self, experiment: Experiment) -> dict[str, SearchConfig]:
        """The arms that this model can run; of the others it is said why not."""
        refusals = {label: self.pool.refusal(search) for label, search in experiment.arms.items()}
        for label, reason in refusals.items():
            if reason:
                print(f"{experiment.name}: without {label!r}. {reason}")
        return {label: search for label, search in experiment.arms.items() if not refusals[label]}

    def _sweep(self, title: str, arms: Sequence[SearchConfig], *, size_of: str = "", trace: bool = False) -> None:
        jobs = self._jobs(arms, size_of or title, trace=trace)
        sweep(self.store, self.pool, jobs, model=self.options.model, weights=self.weights, title=title)

    def _jobs(self, arms: Sequence[SearchConfig], experiment: str, *, trace: bool = False) -> list[Job]:
        seeds, prompts = range(self.options.size(experiment).seeds), self.options.chosen(experiment)
        return make_jobs(arms, prompts, seeds, model=self.options.model, weights=self.weights, trace=trace)

    def _rows(self, arms: Mapping[str, SearchConfig], experiment: str) -> dict[str, list[Row]]:
        """By arm the rows of this experiment's prompts and seeds, whatever else the store holds."""
        wanted = {job.key for job in self._jobs(list(arms.values()), experiment)}
        recipes = {label: Conditions(self.options.model, search, self.weights).key for label, search in arms.items()}
        return {label: [r for r in self.store.rows(key) if r.key in wanted] for label, key in recipes.items()}

    def _matched(self, experiment: Experiment) -> dict[str, SearchConfig]:
        """By cost the best-of-N for that of `MATCHED_ARM`; chosen once and noted, so that every sweep keeps to it."""
        if not experiment.matched:
            return {}
        notes, found = self.store.notes(self.weights), dict[str, SearchConfig]()
        for cost, name in MATCHED_NOTES.items():
            noted = notes.get(name)
            if noted is None:
                rows = self._rows(experiment.arms, experiment.name)
                search = matched_best_of_n(experiment.arms, rows, MATCHED_ARM, COSTS[cost])
                if search is None:
                    continue
                noted = {"n": search.n, "arm": MATCHED_ARM}
                self.store.set_note(self.weights, name, noted)
            found[cost] = search_config("best-of-n", n=noted["n"])
        return found
