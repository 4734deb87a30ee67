"""A choice as a person makes it, copies per candidate, as the selection that the engine takes."""

from __future__ import annotations

from ttsvar.errors import SelectionError
from ttsvar.types import Selection, Source, StepResult

from ..shell.contract import MOST_COPIES


def selection_of(result: StepResult, counts: list[int] | None) -> Selection:
    """The selection of so many copies of each candidate; the proposal where there are no counts, or the same ones.

    Raises SelectionError where they do not fit the candidates, or nothing is kept.
    """
    if counts is None:
        return result.proposal
    alive = len(result.grown)
    if len(counts) != alive or any(type(c) is not int or not 0 <= c <= MOST_COPIES for c in counts):
        raise SelectionError(
            f"The choice {str(counts)[:80]} does not fit {alive} candidates; reset it to the proposal."
        )
    if sum(counts) == 0:
        raise SelectionError("Nothing is selected; keep at least one candidate.")
    parents = tuple(i for i, count in enumerate(counts) for _ in range(count))
    if tuple(sorted(result.proposal.parents)) == parents:
        return result.proposal
    return Selection(parents, Source.USER, "chosen by hand")
