"""The set-up rail: its fields, and nothing of what they do."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import gradio as gr
from gradio.components import Component

from ttsvar.config import SearchConfig

from ..shell.component import view
from ..shell.theme import script
from . import searches

EXTRACTOR_NAMES = {
    "pca": "PCA, signs aligned",
    "pca-raw": "PCA as published",
    "pool": "Mean of patches",
    "inception": "Supervised network",
}
REWARD_NAMES = {
    "image-reward": "ImageReward",
    "image-reward-package": "ImageReward (package)",
    "hps": "HPS v2.1",
    "aesthetic": "Aesthetic v2.5",
    "clip-score": "CLIP score",
    "hps+image-reward": "HPS + ImageReward",
}


@dataclass(frozen=True)
class Choices:
    """What the fields offer, and what they start with."""

    model: str
    about: str
    here: tuple[str, ...]
    """Names of the models that need no download."""
    resolutions: tuple[str, ...]
    """Where the model can draw other shapes: what `--resolution` may name."""
    classes: tuple[tuple[str, str], ...]
    """Every prompt the model takes, with all its names, and as a run keeps it; empty where prompts are free text."""
    examples: tuple[str, ...]
    extractors: tuple[str, ...]
    potentials: tuple[str, ...]
    rewards: tuple[str, ...]
    options: frozenset[str]
    search: SearchConfig
    lam: str
    plan: str
    bars: str
    note: str


@dataclass
class Rail:
    """The set-up fields."""

    prompt: gr.Textbox | gr.Dropdown
    prompt_note: gr.HTML
    examples: gr.HTML
    seed: gr.Number
    dice: gr.Button
    n: gr.Number
    number_note: gr.HTML
    search: gr.Dropdown
    search_note: gr.HTML
    bars: gr.HTML
    plan_note: gr.HTML
    plan: gr.HTML
    extractor: gr.Dropdown
    potential: gr.Dropdown
    lam: gr.Textbox
    reward: gr.Dropdown
    cfg: gr.Textbox
    tau: gr.Textbox
    top_p: gr.Number
    negative: gr.Textbox
    negative_note: gr.HTML
    positive: gr.Checkbox
    cfg_layers: gr.Textbox
    advanced_note: gr.HTML
    go: gr.Button

    @property
    def components(self) -> dict[str, Component]:
        """Every field and note by name."""
        return dict(vars(self))


def build_rail(offer: Choices) -> Rail:
    """Lay the rail out."""
    prompt = _prompt(offer)
    prompt_note = view("prompt-note", js="setup/prompt.js")
    chips = "".join(
        f'<button type="button" data-prompt="{escape(e)}">{escape(e.removeprefix("a photo of "))}</button>'
        for e in offer.examples
    )
    examples = view(
        "examples", f'<div class="ex" role="group" aria-label="Examples">{chips}</div>', "setup/examples.js"
    )
    view("model", model_html(offer))
    with gr.Row(elem_classes="pair"):
        with gr.Row(elem_id="seedbox"):
            seed = gr.Number(0, label="Seed", step=1, elem_id="seed", min_width=60)
            dice = gr.Button("\u2684", elem_id="dice", min_width=30, scale=0)
        n = gr.Number(1, label="N", step=1, elem_id="n", min_width=60)
    number_note = view("number-note")
    search = gr.Dropdown(
        [(searches.title(name), name) for name in searches.names()],
        value="tts-var", label="Search", elem_id="search", filterable=False,
    )  # fmt: skip
    search_note = view("search-note", f'<p class="note">{escape(searches.line("tts-var"))}</p>')
    view("bars-title", '<span class="lab">Candidates per scale</span>')
    bars = view("bars", offer.bars)
    plan_note = view("plan-note", offer.note)
    go = gr.Button("Start", variant="primary", elem_id="go")
    return Rail(
        prompt=prompt, prompt_note=prompt_note, examples=examples, seed=seed, dice=dice, n=n, number_note=number_note,
        search=search, search_note=search_note, bars=bars, plan_note=plan_note, go=go, **_advanced(offer),
    )  # fmt: skip


def model_html(offer: Choices) -> str:
    """The model that the app was started with, and the way to another: one process holds one model."""
    start, name = "python app.py --model", escape(offer.model)
    shape = ""
    if offer.resolutions:
        named = f"{', '.join(offer.resolutions[:-1])} or {offer.resolutions[-1]}"
        shape = (
            f"<p>For another shape start the app with <code>{start} {name} --aspect 3/2 --resolution "
            f"{offer.resolutions[0]}</code>: height / width, and {named} pixels.</p>"
        )
    others = ", ".join(f"<code>{escape(other)}</code>" for other in offer.here if other != offer.model)
    found = f"On this machine: {others}." if others else "No other is on this machine; a named one is downloaded."
    return (
        f'<span class="lab">Model</span><details class="model"><summary><b>{name}</b> {escape(offer.about)}</summary>'
        f"{shape}<p>For another model start the app with <code>{start} NAME</code>. {found} "
        "<code>python -m ttsvar models</code> lists all, with their files and sizes.</p></details>"
    )


def _prompt(offer: Choices) -> gr.Textbox | gr.Dropdown:
    """A field for any text; a searchable box where the model draws classes."""
    if offer.classes:
        label = f"Class (type to search {len(offer.classes)})"
        return gr.Dropdown(list(offer.classes), value=None, label=label, elem_id="prompt", filterable=True)
    return gr.Textbox(
        label="Prompt", lines=2, max_lines=4, placeholder="a photo of \u2026", elem_id="prompt", submit_btn=False
    )


def _advanced(offer: Choices) -> dict[str, Any]:
    default = offer.search
    with gr.Accordion("Advanced", open=False, elem_id="advanced"):
        view("plan-title", '<span class="lab">Schedule: how many live on, and what decides it</span>')
        plan = gr.HTML(
            offer.plan, elem_id="plan", html_template=script("setup/schedule.html"),
            js_on_load=script("setup/schedule.js"), apply_default_css=False, wrong=-1, message="",
        )  # fmt: skip
        view("plan-help", _legend())
        extractor = _choice("Clusters on", offer.extractors, EXTRACTOR_NAMES, default.extractor)
        reward = _choice("Reward", offer.rewards, REWARD_NAMES, default.reward)
        with gr.Row(elem_classes="pair"):
            potential = _choice("Potential", offer.potentials, {}, default.potential)
            lam = gr.Textbox(offer.lam, label="\u03bb, trust in it", min_width=60, elem_id="lam")
        with gr.Row(elem_classes="pair trio"):
            cfg = gr.Textbox(f"{default.cfg:g}", label="Guidance", min_width=60)
            tau = gr.Textbox(f"{default.tau:g}", label="\u03c4", min_width=60)
            top_p = gr.Number(default.top_p, label="Top-p", step=0.01, min_width=60)
        view("per-scale", '<p class="note">\u03bb, guidance, \u03c4: one number, or one a scale with commas.</p>')
        advanced_note = view("advanced-note")
        negative = gr.Textbox(
            default.negative, label="Led away from", placeholder="what the picture should not show",
            elem_id="negative", visible="negative" in offer.options,
        )  # fmt: skip
        negative_note = view("negative-note")
        positive = gr.Checkbox(
            default.positive, label="Ask for good faces where the prompt names people",
            elem_id="positive", visible="positive" in offer.options,
        )  # fmt: skip
        cfg_layers = gr.Textbox(
            ", ".join(map(str, default.cfg_layers)), label="Guided at (0: the logits, -k: the k-th block from the end)",
            elem_id="cfg-layers", visible="cfg_layers" in offer.options,
        )  # fmt: skip
    return {
        "plan": plan, "extractor": extractor, "potential": potential, "lam": lam, "reward": reward, "cfg": cfg,
        "tau": tau, "top_p": top_p, "negative": negative, "negative_note": negative_note, "positive": positive,
        "cfg_layers": cfg_layers, "advanced_note": advanced_note,
    }  # fmt: skip


def _choice(label: str, values: tuple[str, ...], names: dict[str, str], value: str) -> gr.Dropdown:
    options = [(names.get(v, v), v) for v in values]
    return gr.Dropdown(options, value=value, label=label, min_width=60, filterable=False)


def _legend() -> str:
    return (
        '<p class="note legend"><span class="cluster"></span>cluster <span class="resample"></span>resample. '
        "Press the mark under a number to change it. By keys: up and down count, left and right move, C and R mark.</p>"
    )
