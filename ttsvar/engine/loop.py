"""The only loop: begin, step, commit, run; and best, the picture that the search prefers."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache, partial

import torch
from PIL import Image

from ttsvar.arrays import floats
from ttsvar.config import STRATEGIES, ResolvedSearch, SearchConfig
from ttsvar.engine.back import GoesBack, decision_at, passes, require_fit
from ttsvar.engine.checks import checked_parents, says_something, whole_seed
from ttsvar.engine.cost import CostModel, cost_model
from ttsvar.engine.draw import drawn_on, drawn_scale
from ttsvar.engine.executor import Executor, LeasedExecutor, Lend, Models, computes, copies
from ttsvar.engine.history import without_pictures
from ttsvar.engine.looks import Looks
from ttsvar.engine.meter import CostMeter, Progress
from ttsvar.engine.moves import drawn
from ttsvar.engine.observe import Named, Observer
from ttsvar.engine.recipe import MOST_CANDIDATES
from ttsvar.engine.states import chosen_state, first_state, grown_state, only, turned_state
from ttsvar.errors import ConfigError, PromptError, ScheduleError, StateError
from ttsvar.passes import pass_of
from ttsvar.protocols import Backend, FeatureExtractor, Reward
from ttsvar.sampling import keyed_rng
from ttsvar.schedule import resolve_batch, resolve_search
from ttsvar.search.reasons import back_reason, unscored_reason
from ttsvar.search.rules import all_go_on
from ttsvar.turns import Account, Turn
from ttsvar.types import (
    Candidates,
    Component,
    Need,
    Run,
    SearchState,
    Selection,
    StepResult,
)
from ttsvar.values import is_whole
from ttsvar.weights.room import require_room

Sign = Callable[[Image.Image, SearchState, int, str], Image.Image]
"""Writes the recipe of one candidate of a state, and the digest of the weights, into its picture."""
COSTS = 256
"""Runs whose cost is kept."""


class Engine(GoesBack, Looks):
    """A model, its extractors and its judges, behind a search that goes scale by scale.

    `extractors` and `rewards` are keyed by what `SearchConfig.extractor` and `SearchConfig.reward` may name; a
    `LazyMapping` loads each when a run first needs it. One step runs at a time; states are immutable, so any number of
    sessions may share an engine. What was decoded or scored is remembered up to `remember_bytes` (0 for timing runs),
    and costs then count only what was computed. `weights` is a digest of the files that the model was loaded from: a
    saved picture says which ones made it, where `sign` writes recipes into pictures (`ttsvar.load` gives
    `storage.png.sign`; without it pictures are bare).
    """

    def __init__(
        self,
        backend: Backend,
        extractors: Mapping[str, FeatureExtractor],
        rewards: Mapping[str, Reward],
        *,
        device: torch.device | str = "cpu",
        remember_bytes: int = 256 * 1024**2,
        weights: str = "",
        sign: Sign | None = None,
    ) -> None:
        # What is known of the model without running it; the model itself is the executor's.
        self.name, self.schedule = backend.name, backend.schedule
        self.prompts, self.sampling = backend.prompts, backend.sampling
        self.weights = weights
        self.device = torch.device(device)
        self._sign = sign
        self._run_bytes = backend.run_bytes
        self._named = Named(extractors, rewards)
        self._cost = lru_cache(COSTS)(partial(cost_model, backend=backend, extractors=extractors, rewards=rewards))
        self._executor = Executor(Models(backend, Observer(backend, extractors, rewards, remember_bytes)))

    def leasing(self, gpu: Lend) -> Engine:
        """The same engine on a GPU that `gpu`, the decorator `spaces.GPU` or one like it, lends call by call."""
        twin = copy.copy(self)
        twin._executor = LeasedExecutor(self._executor.holding(), twin, gpu)
        return twin

    @property
    def extractors(self) -> tuple[str, ...]:
        """Names of the extractors that need no download; `SearchConfig.extractor` may have others, too."""
        return self._named.extractors

    @property
    def rewards(self) -> tuple[str, ...]:
        """Names of the rewards that need no download; `SearchConfig.reward` may have others, too."""
        return self._named.rewards

    def resolve(self, search: SearchConfig) -> ResolvedSearch:
        """The search as this model runs it: what it leaves to the model is filled in. Raises ScheduleError."""
        return resolve_search(search, len(self.schedule), self.sampling)

    def begin(self, prompt: str, *, search: SearchConfig | None = None, seed: int = 0) -> SearchState:
        """The state before the first scale; raises PromptError, ScheduleError or ConfigError where something is off.

        RoomError says how much memory the run would need where that much is not free.
        """
        if not says_something(prompt):
            raise PromptError(f"The prompt is {prompt!r}; write in words what the image should show.")
        if not is_whole(prompt):
            raise PromptError(f"The prompt {prompt!r:.80} holds half a character, which no file can; type it again.")
        settings = self.resolve(search or SearchConfig())
        if refused := settings.chosen_options() - self.prompts.options:
            raise ConfigError(f"{self.name} takes no {' and no '.join(sorted(refused))}; leave that as it is.")
        batch = resolve_batch(settings, self.schedule)
        if batch[0] > MOST_CANDIDATES:
            raise ScheduleError(
                f"Scale 0 has {batch[0]} candidates; the most is {MOST_CANDIDATES}. Lower n or batch.", 0
            )
        run = Run(self.name, self.prompts.read(prompt.strip()), whole_seed(seed), settings, self.schedule, batch)
        self._named.require(run)
        advice = "Lower n or batch, choose a smaller resolution, or free memory (--offload moves judges away)."
        require_room("This run", {"caches and activations": self._run_bytes(run)}, self.device, advice)
        return self._begin(run)

    @computes
    def _begin(self, run: Run) -> SearchState:
        return first_state(run, self._models.backend.begin(run))

    @computes
    def step(self, state: SearchState, *, progress: Progress | None = None) -> StepResult:
        """Generate one scale for every candidate, look at what the strategy asks for, and propose who lives on.

        `progress` is called with each component as it begins, and how many candidates it will process.
        NumberError where logits, features or all scores are no numbers; where only some candidates lack a score, the
        reason says so.
        """
        self._check(state)
        if state.done:
            raise StateError(
                f"This search has all its {state.scale} scales; take the image with `best`, or step an earlier state."
            )
        models, meter = self._models, CostMeter(self.device, progress)
        scale, run = state.scale, state.run
        flops = len(set(pass_of(state))) * self.cost(run).grow[scale]
        with meter.part(Component.TRANSFORMER, flops=flops, items=len(state)):
            bits, kv = drawn_scale(models.backend, state)
        grown = grown_state(state, bits, kv)
        rule = STRATEGIES[run.search.strategy]
        decision = decision_at(state)
        keep = min(run.batch[scale], len(state)) if decision else len(state)
        needs = _needs(state)
        ahead = rule.looks_ahead(run, scale) if needs else 0
        shown = drawn_on(models.backend, grown, ahead, self.cost(run).grow, meter)
        seen = models.observer.observe(shown, needs, meter) if needs else Candidates()
        if seen.scores is not None:
            grown = grown_state(state, bits, kv, seen.scores)
        with meter.part(Component.SELECTION, items=len(state)):
            rng = keyed_rng(run.seed, scale, "select", grown.id)
            proposal = all_go_on(grown, seen) if passes(state) else rule.propose(grown, seen, keep, rng)
        grown, told = replace(grown, seconds=state.seconds + meter.cost().seconds), proposal.selection
        if seen.scores is not None:
            told = replace(told, reason=told.reason + unscored_reason(grown.candidate_ids, floats(seen.scores)))
        back = rule.go_back(grown, seen, told, self._account(grown)) if decision and rule.goes_back else None
        if back is not None:
            told = replace(told, reason=f"{told.reason} {back_reason(back)}")
        # Pictures of what is ahead are none of these candidates.
        known = without_pictures(proposal.candidates) if ahead else proposal.candidates
        return StepResult(grown, known, told, meter.cost(), decision, keep, back)

    def _account(self, grown: SearchState) -> Account:
        """What a run has taken on the way to a grown state, and its budgets."""
        run, cost = grown.run, self.cost(grown.run)

        def step(scale: int, candidates: int) -> float:
            return sum(cost.step(scale, candidates).values())

        spent = sum(step(scale, count) for scale, count in drawn(run, grown.moves, grown.scale))
        in_time = run.search.budget_ms / 1000 or math.inf
        return Account(spent, run.search.budget * cost.raw, step, grown.seconds, in_time)

    def commit(self, result: StepResult, selection: Selection | None = None) -> SearchState:
        """Go on with the proposal, or with another selection of the grown candidates; repeats become copies.

        Where the strategy goes back (`result.back`) and no selection is given, that is where it leads.

        Raises SelectionError where it is empty, too large, or points at a candidate that does not exist.
        """
        grown = result.grown
        self._check(grown)
        if selection is None and result.back is not None:
            return self.turn(grown, result.back)
        parents = checked_parents(selection or result.proposal, len(grown))
        if grown.kv is None or parents == tuple(range(len(grown))):
            return chosen_state(grown, parents, grown.kv)
        return self._chosen(grown, parents)

    @copies
    def _chosen(self, grown: SearchState, parents: tuple[int, ...]) -> SearchState:
        return chosen_state(grown, parents, self._models.backend.select(grown.kv, parents))

    def turn(self, state: SearchState, turn: Turn) -> SearchState:
        """The state after a way back, as `redraw`, `again` and `cross` make one; StateError where it does not fit."""
        self._check(state)
        require_fit(state, turn)
        return turned_state(state, turn) if state.kv is None else self._turned(state, turn)

    @computes
    def _turned(self, state: SearchState, turn: Turn) -> SearchState:
        kv = self._models.backend.rewind(
            state.kv, turn.rows, tuple(b[list(turn.rows)] for b in state.bits[: turn.first])
        )
        return turned_state(state, turn, kv)

    def run(self, prompt: str, *, search: SearchConfig | None = None, seed: int = 0) -> Iterator[StepResult]:
        """The whole search, every proposal taken, as a generator; `commit` the last result for the final state."""
        state = self.begin(prompt, search=search, seed=seed)
        while not state.done:
            result = self.step(state)
            yield result
            state = self.commit(result)

    def cost(self, run: Run) -> CostModel:
        """What every scale of a run takes, from shapes: no model is called, and no GPU is lent, for it."""
        return self._cost(run)

    def best_index(self, state: SearchState) -> int:
        """Index of the candidate that the search prefers: the highest score; where nothing ranks, simply the first."""
        self._check(state)
        if len(state) == 1 or not STRATEGIES[state.run.search.strategy].ranks:
            return 0
        scores = state.score_history[:, -1] if state.scale else torch.empty(0)
        if not len(scores) or bool(scores.isnan().any()):
            scores = self.observe(state, features=False)[0].scores
        return int(scores.nan_to_num(nan=-torch.inf).argmax())

    @computes
    def best(self, state: SearchState, *, recipe: bool = True) -> Image.Image:
        """The preferred candidate's image; its recipe is in `image.info` and is written into a saved PNG, if wanted."""
        index = self.best_index(state)
        images = self.observe(only(state, index), features=False, scores=False)[0].images
        image = Image.fromarray(images[0].numpy())
        return self._sign(image, state, index, self.weights) if recipe and self._sign else image

    @property
    def sharing(self) -> int:
        """How many calls of others wait, or compute by turns, while one computes: each gets a chunk at a time."""
        return self._executor.sharing

    @property
    def busy(self) -> bool:
        """Whether anybody computes with this engine, or waits for it."""
        return self._executor.busy


def _needs(state: SearchState) -> frozenset[Need]:
    """What to look at; a single candidate, or a scale that was decided before, leaves nothing to decide."""
    last = state.scale == len(state.run.schedule) - 1
    if len(state) == 1 or (passes(state) and not last):
        return frozenset()
    return STRATEGIES[state.run.search.strategy].needs(state.run, state.scale)
