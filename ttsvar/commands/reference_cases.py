"""Run a folder of reference cases and write what we compute, so that anyone can compare."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from safetensors.torch import load_file, save_file

from ttsvar.errors import CheckpointError, ConfigError
from ttsvar.storage.outputs import prepare


@dataclass(frozen=True)
class Kind:
    """A kind of reference folder: told by its files, run by one function that writes `out`."""

    name: str
    files: tuple[tuple[str, ...], ...]
    """The folder holds all files of at least one of these groups."""
    run: Callable[[Path, Path], None]

    def fits(self, folder: Path) -> bool:
        """Whether a folder's contents are of this kind."""
        return any(all((folder / name).is_file() for name in group) for group in self.files)


def _infinity(folder: Path, out: Path) -> None:
    from ttsvar.families.infinity.conformance import transformer_conformance
    from ttsvar.families.infinity.tokenizer_conformance import tokenizer_conformance

    case = _read_json(folder / "config.json")
    inputs = load_file(folder / "inputs.safetensors")
    got = transformer_conformance(folder, case, inputs) | tokenizer_conformance(folder, case, inputs)
    save_file({name: tensor.contiguous() for name, tensor in got.items()}, out)


def _var(folder: Path, out: Path) -> None:
    from ttsvar.families.var.conformance import var_conformance

    got = var_conformance(folder, _read_json(folder / "config.json"), load_file(folder / "inputs.safetensors"))
    save_file({name: tensor.contiguous() for name, tensor in got.items()}, out)


def _image_reward(folder: Path, out: Path) -> None:
    from ttsvar.rewards.conformance import reward_conformance

    save_file(reward_conformance(folder), out)


def _hps(folder: Path, out: Path) -> None:
    from ttsvar.rewards.conformance import hps_conformance

    save_file(hps_conformance(folder), out)


def _aesthetic(folder: Path, out: Path) -> None:
    from ttsvar.rewards.conformance import aesthetic_conformance

    save_file(aesthetic_conformance(folder), out)


def _selection(folder: Path, out: Path) -> None:
    from ttsvar.search.conformance import selection_conformance

    _write_json(selection_conformance(folder), out)


def _preprocess(folder: Path, out: Path) -> None:
    from ttsvar.features.conformance import preprocess_conformance

    save_file(preprocess_conformance(folder), out)


def _geneval(folder: Path, out: Path) -> None:
    from ttsvar.evaluation.rules.conformance import geneval_conformance

    _write_json(geneval_conformance(folder), out)


KINDS = (
    Kind("infinity", (("transformer.pth", "vae.pth", "config.json", "inputs.safetensors"),), _infinity),
    Kind("var", (("var.pth", "vae.pth", "config.json", "inputs.safetensors"),), _var),
    Kind("image reward", (("ImageReward.pt", "config.json", "inputs.safetensors"),), _image_reward),
    Kind("hps", (("HPS_v2.1_compressed.pt", "config.json", "inputs.safetensors"),), _hps),
    Kind(
        "aesthetic", (("aesthetic_predictor_v2_5.pth", "siglip/model.safetensors", "inputs.safetensors"),), _aesthetic
    ),
    Kind("selection", (("cluster_cases.json",), ("potential_cases.json",)), _selection),
    Kind("geneval", (("decision_cases.json",),), _geneval),
    Kind("preprocess", (("inputs.npz", "config.json"),), _preprocess),
)
"""Every kind of reference folder; a new one is one row."""


def folder_kind(folder: Path) -> Kind:
    """The kind of a folder, told from its contents; raises ConfigError with what would be needed."""
    if not folder.is_dir():
        raise ConfigError(f"{folder} is not a folder; give the folder of a reference case.")
    for kind in KINDS:
        if kind.fits(folder):
            return kind
    known = "; ".join(f"{kind.name}: {' or '.join(', '.join(group) for group in kind.files)}" for kind in KINDS)
    held = ", ".join(sorted(path.name for path in folder.iterdir())) or "nothing"
    raise ConfigError(f"{folder} holds {held}, which is no known kind of reference case. Known are {known}.")


def run_conformance(folder: Path, out: Path) -> None:
    """Compute a folder's case and write it to `out`: safetensors, or JSON for `selection` and `geneval`.

    Reads the config, the weights and the inputs only, never `expected.*`.
    """
    kind = folder_kind(Path(folder))
    out = Path(out)
    prepare(out)
    kind.run(Path(folder), out)


def _read_json(path: Path) -> dict:
    try:
        return json.loads(path.read_text())
    except ValueError as error:
        raise CheckpointError(f"{path} is not JSON ({error}); fetch it again.") from error


def _write_json(value: object, path: Path) -> None:
    path.write_text(json.dumps(value))
