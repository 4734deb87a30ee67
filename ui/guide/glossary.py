"""The words of the method, explained once: marked in running text, and listed whole in a dialog."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape

from ttsvar.extractor import EXTRACTORS


@dataclass(frozen=True)
class Term:
    """A word, the forms in which it is met, and what it means."""

    name: str
    forms: tuple[str, ...]
    meaning: str
    rows: Callable[[], Iterable[str]] = tuple
    """What the registered rows add to the meaning, a sentence each, whoever has added some by then."""

    @property
    def told(self) -> str:
        """The meaning with what is registered now."""
        return " ".join((self.meaning, *self.rows()))


TERMS: tuple[Term, ...] = (
    Term("scale", ("scale", "scales"),
         "One pass of drawing. A model draws a picture in 7 to 13 scales, from 1 x 1 token to the full grid; each one "
         "refines those before it."),
    Term("candidate", ("candidate", "candidates"),
         "One of the pictures that grow side by side. It keeps its name, such as c3, for as long as it lives; "
         "c3.6b is a copy of it that was born at scale 6."),
    Term("proposal", ("proposal", "as proposed"),
         "Who would live on if the method decided alone. It is selected beforehand; you may change it."),
    Term("cluster", ("cluster", "clusters", "clustering", "clustered", "share a layout"),
         "Candidates whose layouts look alike to DINOv2, grouped by k-means. At coarse scales the method keeps one of "
         "each, so that different layouts survive."),
    Term("resampling", ("resampling", "resample", "resampled", "picked by reward"),
         "Picking by chance, with replacement: a higher reward means a higher chance. A candidate may be picked twice, "
         "and then lives on as two copies."),
    Term("reward", ("reward", "rewards"),
         "How well a picture matches the prompt, as a trained judge (ImageReward) scores it. Higher is better; it can "
         "be wrong, above all at coarse scales."),
    Term("lambda", ("\u03bb", "lambda"),
         "How far the reward is trusted in resampling: chances go with exp(\u03bb \u00d7 potential). At 0 all are "
         "alike; when it is high, the leader takes all."),
    Term("potential", ("potential", "potentials"),
         "What resampling goes by: the reward now (value), the highest so far (max), the sum of all so far (sum), or "
         "the gain since the last scale (diff)."),
    Term("chance", ("probability", "probabilities", "chance", "chances"),
         "How likely each single pick is to take this candidate; over all candidates they add up to 1."),
    Term("lineage", ("lineage", "its line"),
         "Who came from whom over the scales: births, copies, and where a line ends."),
    Term("branch", ("branch", "branches"),
         "What follows from another choice at the same scale. Branches share all that came before, and are kept."),
    Term("DINOv2", ("DINOv2",),
         "A vision model that was never shown labels. Its map colours parts of a picture that it sees as alike."),
    Term("PCA", ("PCA",),
         "The main directions in which the features differ. Maps show three as colours; clustering uses the first."),
    Term("UMAP", ("UMAP",),
         "A way to draw many-dimensional points in the plane. Neighbours mean something, distances hardly do."),
    Term("guidance", ("guidance",),
         "How strongly the prompt pulls: the step from what is drawn without it to what is drawn with it, multiplied."),
    Term("temperature", ("\u03c4", "temperature"),
         "How adventurous each draw is: the model's scores are divided by it, so lower is surer."),
    Term("top-p", ("top-p",),
         "Unlikely values are left out of each draw, down to a share p of the chance."),
    Term("seed", ("seed",),
         "The number that all chance comes from. The same seed, prompt and choices give the same picture."),
    Term("N", ("N",),
         "By how much every scale's number of candidates is multiplied: at 2 twice as many are drawn, for about twice "
         "the work."),
    Term("token", ("token", "tokens"), "One cell of a scale's grid, some bits that the model draws at once."),
    Term("FLOP", ("FLOP", "FLOPs", "GFLOP", "raw image's work"),
         "Floating-point operations: work that does not depend on how fast this computer is. A raw image's work is one "
         "picture without any search."),
    Term("extractor", ("extractor", "clusters on"),
         "What clustering sees of a picture, by the name that a search gives it.",
         lambda: (f"{name}: {row.reading}." for name, row in EXTRACTORS.items())),
    Term("effective sample size", ("effective sample size",),
         "How many candidates the chances amount to: all of them if they are alike, 1 if one takes all."),
)  # fmt: skip
"""In the order of the dialog."""

_BY_FORM = {form.lower(): term for term in TERMS for form in term.forms}
_FORMS = sorted(_BY_FORM, key=len, reverse=True)
_WORD = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, _FORMS))})(?![\w-])", re.IGNORECASE)
_PARAGRAPH = re.compile(r"(<p\b[^>]*>)(.*?)(</p>)", re.DOTALL)
_TAG = re.compile(r"(<[^>]*>)")
_TRANSPARENT = re.compile(r"</|<(b|i|em|strong|br)\b|<[^>]*/>")


def annotate(html: str) -> str:
    """Mark the first mention of each term in the paragraphs of a view; tags, and what is marked already, stay."""
    seen: set[str] = set()
    return _PARAGRAPH.sub(lambda m: m[1] + _marked(m[2], seen) + m[3], html)


def _marked(inside: str, seen: set[str]) -> str:
    parts, closed = _TAG.split(inside), True
    for i, part in enumerate(parts):
        if part.startswith("<"):
            # Text within buttons, links and marks is theirs.
            closed = bool(_TRANSPARENT.match(part))
        elif closed:
            parts[i] = _WORD.sub(lambda m: _mark(m[0], seen), part)
    return "".join(parts)


def _mark(text: str, seen: set[str]) -> str:
    term = _BY_FORM[text.lower()]
    if term.name in seen:
        return text
    seen.add(term.name)
    return (
        f'<span class="term" tabindex="0" role="button" aria-expanded="false" data-term="{escape(term.name)}">'
        f"{text}</span>"
    )


def glossary_json() -> str:
    """All terms as JSON that is safe inside a script element: [[name, meaning, forms], ...]."""
    rows = [[term.name, term.told, list(term.forms)] for term in TERMS]
    return json.dumps(rows).replace("<", "\\u003c")
