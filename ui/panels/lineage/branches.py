"""The branches of a run: where each parts from another, how far it goes, its name, and a way to it."""

from __future__ import annotations

from html import escape

from ...scene.lineage import Branch

PENCIL = (
    '<svg viewBox="0 0 14 14" width="13" height="13" aria-hidden="true"><path d="M2 12l.8-3.2L9.6 2l2.4 2.4-6.8 '
    '6.8Z" fill="none" stroke="currentColor" stroke-width="1.3" stroke-linejoin="round"/></svg>'
)


def branches_html(branches: list[Branch], scales: int, longest: int) -> str:
    """One row a branch, on the scales' axis; nothing while there is only one."""
    if len(branches) < 2:
        return ""
    rows = "".join(_row(branch, scales) for branch in branches)
    return (
        f'<div class="branches" role="group" aria-label="Branches of this run" data-longest="{longest}">'
        f'<h4>Branches</h4>{rows}<p class="err" role="alert"></p></div>'
    )


def _row(branch: Branch, scales: int) -> str:
    title = escape(branch.title)
    since = 0 if branch.parted is None else branch.parted
    left, right = (100 * v / (scales - 1) for v in (since, min(branch.reached, scales - 1)))
    where = "from the start" if branch.parted is None else f"parts at scale {branch.parted}"
    on = " on" if branch.here else ""
    return (
        f'<div class="branch{on}" data-start="{escape(branch.start)}">'
        f'<button type="button" class="chip{on}" data-go="{escape(branch.target)}" '
        f'aria-pressed="{str(branch.here).lower()}">'
        f'<img src="{branch.thumb}" alt=""><b>{title}</b></button>'
        f'<button type="button" class="ghost icon" data-do="rename" aria-label="Rename {title}" title="Rename">'
        f'{PENCIL}</button><span class="rail" role="img" aria-label="{where}, reaches scale {branch.reached}">'
        f'<i style="left:{left:.1f}%;right:{100 - right:.1f}%"></i></span>'
        f'<span class="note">{escape(branch.note)}</span></div>'
    )
