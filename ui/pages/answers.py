"""What the experiments answer, in words: for the evidence page, and for the article."""

from __future__ import annotations

from dataclasses import dataclass

from ttsvar.evaluation.bench.statistics import Estimate
from ttsvar.evaluation.report.collect import headline
from ttsvar.evaluation.report.schema import Evidence, ExperimentResult

RAW, BEST_OF, SEARCH = "raw", "best-of-n n=8", "tts-var n=2"
"""The arms of the headline experiment."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A question, its answer in one or two sentences, and the section that it rests on."""

    question: str
    answer: str
    section: str


def answers(evidence: Evidence) -> tuple[Answer, ...]:
    """Every question that this evidence can answer."""
    found = headline(evidence)
    whole = found is not None and {RAW, BEST_OF, SEARCH} <= set(found.summary.arms)
    told = [*(_of_headline(found) if found is not None and whole else ()), *_of_scales(evidence)]
    return (*told, *_of_measure(evidence))


def _of_headline(found: ExperimentResult) -> list[Answer]:
    arms, gaps = found.summary.arms, {(d.first, d.second): d for d in found.summary.differences}
    raw, best, search = arms[RAW], arms[BEST_OF], arms[SEARCH]
    helped, claim = gaps[SEARCH, RAW], gaps[SEARCH, BEST_OF]
    return [
        Answer(
            question="Does searching while drawing help?",
            answer=f"{_verdict(helped.overall, 'Yes', 'No', 'These images do not tell')}. Of 100 pictures "
            f"{_of_100(raw.overall)} are right when each is drawn once, and {_of_100(search.overall)} when TTS-VAR "
            f"searches among 16 candidates. One such picture takes {search.flops / raw.flops:.0f} times the "
            f"arithmetic and {search.seconds / raw.seconds:.0f} times the time.",
            section=found.name,
        ),
        Answer(
            question="Is it better than drawing eight and taking the best?",
            answer=f"{_verdict(claim.overall, 'Yes', 'No', 'Here nobody can tell')}: best of 8 has "
            f"{_of_100(best.overall)} of 100 right, TTS-VAR with 16 candidates {_of_100(search.overall)}, and the "
            f"difference lies between {_points(claim.overall.low)} and {_points(claim.overall.high)} in 100. TTS-VAR "
            f"took {claim.flops_ratio:.1f} times the arithmetic of best of 8 here: on a model as small as the toybox, "
            f"looking costs more than drawing.{_of_paper(found)}",
            section=found.name,
        ),
        Answer(
            question="What are these numbers of?",
            answer=f"{found.summary.images:,} pictures of each method in this comparison, of {found.summary.prompts} "
            f"different prompts ({found.summary.held_out} ask for combinations that training never saw); a prompt "
            "that is drawn in several categories or with several seeds counts once among the prompts. Other "
            "comparisons below have fewer; each says how many.",
            section=found.name,
        ),
    ]


def _of_scales(evidence: Evidence) -> list[Answer]:
    consistency = evidence.consistency
    if consistency is None or "value" not in consistency.potentials:
        return []
    value = consistency.potentials["value"]
    early, late = 2, len(value) - 2
    return [
        Answer(
            question="When can the reward be trusted?",
            answer=f"Late. After scale {early} the favourite of the moment turns out best {_share(value[early])} "
            f"times in 100, hardly more than the {100 / consistency.candidates:g} of a blind guess among "
            f"{consistency.candidates}; after scale {late} it is {_share(value[late])} times. That is why the search "
            "looks at layout first, and lets the reward pick later.",
            section="consistency",
        )
    ]


def _of_measure(evidence: Evidence) -> list[Answer]:
    return [
        Answer(
            question="What do they not say?",
            answer="Nothing about photographs or other models: the toybox draws flat shapes in 128 x 128 pixels, and "
            "its judge was trained on them. A detector decides what is right, and errs at times; how often was "
            "measured, too. Where an interval reaches across zero, we do not know who is better.",
            section="detector" if evidence.detector else "",
        )
    ]


def _of_paper(found: ExperimentResult) -> str:
    """What the paper finds for the same comparison, as a sentence; empty where it has none."""
    gap = next((v.paper for v in found.against_paper if (v.first, v.second) == (SEARCH, BEST_OF)), None)
    if gap is None:
        return ""
    return f" The paper's own model is far larger; there TTS-VAR is {_points(gap)} in 100 against best of 8."


def _verdict(gap: Estimate, better: str, worse: str, open_: str) -> str:
    return better if gap.low > 0 else worse if gap.high < 0 else open_


def _of_100(share: Estimate) -> str:
    return f"{100 * share.value:.0f}"


def _share(value: float) -> str:
    return f"{100 * value:.0f}"


def _points(value: float) -> str:
    return f"{100 * value:+.1f}".replace("-", "\u2212")
