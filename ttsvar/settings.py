"""Every setting of a search, one row each: the checks, the flag, the recipe, the API and the page follow from it."""

from __future__ import annotations

from typing import Any

from ttsvar.choices import POTENTIALS, RESAMPLINGS
from ttsvar.extractor import EXTRACTORS
from ttsvar.judges import JUDGES
from ttsvar.setting import Setting, Settings
from ttsvar.values import Batch, Choice, Flag, Numbers, Share, Text, Whole, Wholes


def _unguided(search: Any) -> str:
    guidance = search.cfg if isinstance(search.cfg, tuple) else (search.cfg,)
    return "Guidance is 1, which leads nowhere: raise it for an effect." if set(guidance) == {1.0} else ""


SETTINGS = Settings(
    Setting(
        name="n",
        kind=Whole(1, 64),
        default=1,
        help="factor on every entry of the batch schedule",
        format_1=True,
    ),
    Setting(
        name="batch",
        kind=Batch(),
        default=None,
        help="candidates alive after each scale, before the factor, for example 8,8,6,6,...",
        short="schedule",
        format_1=True,
    ),
    Setting(
        name="cluster_scales",
        kind=Wholes("a list of whole numbers; scales count from 0"),
        default=None,
        help="scales after which the search clusters, counting from 0",
        short="marks",
        format_1=True,
    ),
    Setting(
        name="resample_scales",
        kind=Wholes("a list of whole numbers; scales count from 0"),
        default=None,
        help="scales after which the search resamples or selects, counting from 0",
        short="marks",
        format_1=True,
    ),
    Setting(
        name="extractor",
        kind=Choice(EXTRACTORS),
        default="pca",
        help="what candidates are clustered on",
        label="Clusters on",
        short="clusters on",
        rows=EXTRACTORS,
        offered=lambda engine: engine.extractors,
        format_1=True,
    ),
    Setting(
        name="reward",
        kind=Choice(),
        default="image-reward",
        help="judge that a search goes by, such as hps; `ttsvar models` lists all",
        label="Reward",
        short="reward",
        rows=JUDGES,
        offered=lambda engine: engine.rewards,
        format_1=True,
    ),
    Setting(
        name="potential",
        kind=Choice(POTENTIALS),
        default="value",
        help="how a lineage's rewards become one number",
        label="Potential",
        short="potential",
        line="potential",
        by_search=True,
        format_1=True,
    ),
    Setting(
        name="lam",
        kind=Numbers(0.0, 1000.0),
        default=10.0,
        help="lambda of the resampling weights",
        label="\u03bb, trust in it",
        short="\u03bb",
        line="potential",
        by_search=True,
        format_1=True,
    ),
    Setting(
        name="cfg",
        kind=Numbers(0.0, 100.0),
        default=None,
        help="strength of the guidance",
        label="Guidance",
        short="guidance",
        line="draw",
        format_1=True,
    ),
    Setting(
        name="tau",
        kind=Numbers(1e-3, 100.0),
        default=None,
        help="temperature",
        label="\u03c4",
        short="\u03c4",
        line="draw",
        format_1=True,
    ),
    Setting(
        name="top_p",
        kind=Share(),
        default=None,
        help="share of the probability that is drawn from",
        label="Top-p",
        short="top-p",
        line="draw",
        format_1=True,
    ),
    Setting(
        name="top_k",
        kind=Whole(0, must="0 (off) or a whole number"),
        default=None,
        help="how many of the likeliest values are drawn from; 0 for all",
        short="top-k",
        format_1=True,
    ),
    Setting(
        name="resampling",
        kind=Choice(RESAMPLINGS),
        default="multinomial",
        help="how resampling draws",
        short="draws",
    ),
    Setting(
        name="ess_share",
        kind=Share(),
        default=1.0,
        help="resample only where the effective sample size is below this share of the candidates; 1 for always",
        short="effective sample size",
    ),
    Setting(
        name="score_scales",
        kind=Wholes("a list of whole numbers; scales count from 0", nothing="none"),
        default=None,
        help="scales that are scored besides those where the reward decides; left out: every scale for the potentials "
        "max, sum and diff, none for value",
        label="Scored besides its decisions",
        short="scored scales",
        placeholder="every scale for max, sum and diff; none for value",
        blank=True,
        by_search=True,
    ),
    Setting(
        name="width",
        kind=Whole(1, 64),
        default=2,
        help="candidates that a beam keeps",
        short="width",
    ),
    Setting(
        name="children",
        kind=Whole(1, 64),
        default=4,
        help="copies of each candidate that a beam goes on with",
        short="copies",
    ),
    Setting(
        name="threshold",
        kind=Numbers(-1000.0, 1000.0),
        default=0.5,
        help="reward from which on a search that may go back is content",
        short="threshold",
    ),
    Setting(
        name="budget",
        kind=Whole(0, 100_000),
        default=10,
        help="what a search that may go back may take in all, counted in pictures that are drawn without a search",
        short="budget",
    ),
    Setting(
        name="budget_ms",
        kind=Whole(0, 86_400_000),
        default=0,
        help="milliseconds of computing that a search that may go back may take in all, as measured while it runs; "
        "0 for no bound",
        short="budget of time",
    ),
    Setting(
        name="ahead",
        kind=Whole(0, 63),
        default=0,
        help="scales that are drawn on for a look alone, each bit at its likeliest, before the reward decides",
        short="look ahead",
    ),
    Setting(
        name="negative",
        kind=Text(),
        default="",
        help="a text to be led away from, in place of the learned unconditional one (Infinity)",
        label="Keep out of the picture",
        short="keep out",
        placeholder="what the picture should not show",
        idle=_unguided,
        words=True,
        option=True,
    ),
    Setting(
        name="positive",
        kind=Flag(),
        default=False,
        help="ask for good faces where the prompt names people, as Infinity's scripts do",
        label="Ask for good faces where the prompt names people",
        short="faces",
        option=True,
    ),
    Setting(
        name="cfg_layers",
        kind=Wholes(
            "a list of whole numbers: 0 for the logits, -k for a block",
            lambda layers: bool(layers) and all(k <= 0 for k in layers),
        ),
        default=(0,),
        help="where guidance acts: 0 on the logits, -k on the output of the k-th block from the end (Infinity)",
        label="Where guidance acts (0: on the logits, -k: on the k-th block from the end)",
        short="guided at",
        option=True,
    ),
)
"""Every setting, in the order of the page; a new one is a row here, or `SETTINGS.add` in a file of its own."""


def read_texts(search: Any) -> tuple[str, ...]:
    """What the model reads of a search besides the prompt."""
    return tuple(text for row in SETTINGS.values() if row.words and (text := getattr(search, row.name)))
