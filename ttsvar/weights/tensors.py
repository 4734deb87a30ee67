"""Named tensors of weight files: what is in them without reading it, and the tensors themselves a few at a time.

PyTorch files are read with `weights_only`, and mapped into memory where their format allows it.
"""

from __future__ import annotations

import json
import pickle
import pickletools
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from ttsvar.errors import CheckpointError
from ttsvar.weights.kind import not_weights
from ttsvar.weights.say import Say, to_stderr
from ttsvar.weights.strict import check_finite, complain

Nest = tuple[str, ...]
"""Keys under which a PyTorch file may hold its table of tensors."""
WRAPPERS = ("module.", "_orig_mod.")
"""What DistributedDataParallel and torch.compile put in front of every name of what they wrap."""
PART_BYTES = 256 * 1024**2
"""Tensors of about this many bytes are converted at a time, so that a file and its copy never both lie in memory."""


@dataclass(frozen=True)
class TensorTable:
    """The tensors of one file, or of the shards that an index names, not read yet."""

    source: Path
    files: Mapping[str, Path]
    """Of each tensor."""
    shapes: Mapping[str, tuple[int, ...]]
    bytes_of: Mapping[str, int]
    nest: Nest = ()
    """Where in the file the table was found."""
    prefix: str = ""
    """What stands in front of every name in the file."""

    def read(self, names: Sequence[str]) -> dict[str, Tensor]:
        """The named tensors; mapped, so that nothing is read before it is used."""
        tensors: dict[str, Tensor] = {}
        for file in dict.fromkeys(self.files[name] for name in names):
            here = [name for name in names if self.files[name] == file]
            if file.suffix == ".safetensors":
                with safe_open(file, framework="pt") as opened:
                    tensors |= {name: opened.get_tensor(self.prefix + name) for name in here}
            else:
                table = _descend(_load_torch(file), self.nest)
                tensors |= {name: table[self.prefix + name] for name in here}
        return tensors

    def without(self, *names: str) -> TensorTable:
        """The same table with some tensors left out."""
        return replace(self, shapes={name: shape for name, shape in self.shapes.items() if name not in names})

    def converted(
        self, names: Mapping[str, str], dtype: torch.dtype, device: str | torch.device = "cpu"
    ) -> dict[str, Tensor]:
        """Tensors by the new names that `names` gives them, cast and moved in parts; whole numbers keep their type.

        CheckpointError where one holds NaN or infinity, or does once it is cast.
        """
        done: dict[str, Tensor] = {}
        for part in self._parts(list(names)):
            cast: dict[str, Tensor] = {}
            for name, tensor in self.read(part).items():
                cast[name] = tensor.to(device, dtype if tensor.is_floating_point() else tensor.dtype)
            check_finite(cast, str(self.source))
            done |= {names[name]: tensor for name, tensor in cast.items()}
        return done

    def _parts(self, names: Sequence[str]) -> Iterator[list[str]]:
        part: list[str] = []
        for name in sorted(names, key=lambda name: str(self.files[name])):
            part.append(name)
            if sum(self.bytes_of[n] for n in part) >= PART_BYTES:
                yield part
                part = []
        if part:
            yield part


def open_tensors(path: str | Path, nests: Sequence[Nest] = (), say: Say | None = None) -> TensorTable:
    """What a `.safetensors` file, a PyTorch file, or a `.index.json` with its shards beside it holds.

    A PyTorch file may hold its tensors at the top or under one of `nests`. A wrapper's prefix that stands in front of
    every name is taken off, and `say` (or stderr) is told. Raises CheckpointError which names a file that is missing,
    cut off, no weight file, or holds anything that is not a tensor, and code above all.
    """
    return _unwrapped(_open_named(Path(path), nests), say or to_stderr)


def _open_named(path: Path, nests: Sequence[Nest]) -> TensorTable:
    if path.name.endswith(".index.json"):
        return open_shards(path)
    if path.suffix == ".safetensors":
        return _open_safetensors(path)
    _must_hold_weights(path)
    loaded = _load_torch(path)
    nest = next((nest for nest in nests if isinstance(_descend(loaded, nest), dict)), ())
    tensors = _descend(loaded, nest)
    others = ["it"]
    if isinstance(tensors, dict):
        others = [str(k) for k, t in tensors.items() if not (isinstance(k, str) and isinstance(t, Tensor))]
    if others or not tensors:
        places = ", ".join(["at its top", *(" > ".join(nest) for nest in nests)])
        one = len(others) < 2
        raise CheckpointError(
            f"{path} holds no table of tensors ({places}): {', '.join(others[:10]) or 'it'} "
            f"{'is no tensor' if one else 'are no tensors'}. Check the file."
        )
    return TensorTable(
        path,
        files=dict.fromkeys(tensors, path),
        shapes={name: tuple(t.shape) for name, t in tensors.items()},
        bytes_of={name: t.nbytes for name, t in tensors.items()},
        nest=nest,
    )


def _unwrapped(table: TensorTable, say: Say) -> TensorTable:
    prefix, names = "", list(table.shapes)
    while names and (more := next((w for w in WRAPPERS if all(n.startswith(prefix + w) for n in names)), "")):
        prefix += more
    if not prefix:
        return table
    say(f"{table.source}: every name begins with {prefix}, which a wrapper put there; it is taken off.")
    cut = len(prefix)
    return replace(
        table,
        files={name[cut:]: file for name, file in table.files.items()},
        shapes={name[cut:]: shape for name, shape in table.shapes.items()},
        bytes_of={name[cut:]: size for name, size in table.bytes_of.items()},
        prefix=prefix,
    )


def read_tensors(path: str | Path, nested: str | None = None, say: Say | None = None) -> dict[str, Tensor]:
    """Every tensor of a file, mapped; `nested` names the entry that holds them in files of some trainers."""
    table = open_tensors(path, nests=((nested,),) if nested else (), say=say)
    return table.read(list(table.shapes))


def read_metadata(path: Path) -> dict[str, str]:
    """The metadata of a `.safetensors` file; raises CheckpointError where it is absent or broken."""
    _must_hold_weights(path)
    try:
        with safe_open(path, framework="pt") as file:
            return file.metadata() or {}
    except SafetensorError as error:
        raise CheckpointError(f"{path} cannot be read as weights ({error}); restore it, or train it again.") from error


def read_own(path: str | Path, part: str) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Tensors and metadata of a file that `python -m ttsvar train PART` wrote; raises CheckpointError."""
    path = Path(path)
    if not path.is_file():
        raise CheckpointError(
            f"There is no {part} file at {path}; correct the path, or run python -m ttsvar train {part}."
        )
    _must_hold_weights(path)
    try:
        with safe_open(path, framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            metadata = file.metadata() or {}
    except SafetensorError as error:
        raise CheckpointError(
            f"{path} cannot be read as safetensors ({error}); restore it, or train it again."
        ) from error
    check_finite(tensors, str(path))
    return tensors, metadata


def _open_safetensors(path: Path) -> TensorTable:
    _must_hold_weights(path)
    shapes, sizes = {}, {}
    try:
        with safe_open(path, framework="pt") as file:
            for name in file.keys():  # noqa: SIM118 (not a dict)
                piece = file.get_slice(name)
                shapes[name] = tuple(piece.get_shape())
                # Four bytes an element is the most that published weights take; it only bounds a part.
                sizes[name] = 4 * torch.Size(shapes[name]).numel()
    except SafetensorError as error:
        raise CheckpointError(f"{path} cannot be read as weights ({error}); download it again.") from error
    return TensorTable(path, dict.fromkeys(shapes, path), shapes, sizes)


def open_shards(index: Path, paths: Sequence[Path] | None = None) -> TensorTable:
    """All tensors of the shards that an index lists: at `paths`, or beside the index."""
    paths = paths or [index.parent / name for name in sorted(set(read_weight_map(index).values()))]
    shards = [_open_safetensors(path) for path in paths]
    files: dict[str, Path] = {}
    shapes: dict[str, tuple[int, ...]] = {}
    sizes: dict[str, int] = {}
    for shard in shards:
        if twice := sorted(files.keys() & shard.files.keys()):
            raise CheckpointError(f"{shard.source} repeats tensors of another shard: {', '.join(twice[:20])}.")
        files |= shard.files
        shapes |= shard.shapes
        sizes |= shard.bytes_of
    return TensorTable(index, files, shapes, sizes)


def read_weight_map(index: Path) -> dict[str, str]:
    """Tensor names to the file names of their shards, from a `.index.json`; CheckpointError where it lists none."""
    try:
        places = dict(json.loads(index.read_text())["weight_map"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError(f"{index} is no index of shards ({error!r}); download it again.") from error
    wrong = [
        n for n in places.values() if not isinstance(n, str) or Path(n).name != n or not n.endswith(".safetensors")
    ]
    if wrong or not places:
        raise CheckpointError(f"{index} lists {wrong[:5]}; its shards must be .safetensors files beside it.")
    return places


def _must_hold_weights(path: Path) -> None:
    if not path.is_file():
        raise CheckpointError(f"There is no weight file at {path}; download it there, or correct the path.")
    if disguise := not_weights(path):
        raise CheckpointError(f"{path} cannot be read as weights: {disguise}.")


def _load_torch(path: Path) -> Any:
    zipped = zipfile.is_zipfile(path)
    try:
        # Only the zip format of torch.save can be mapped into memory.
        return torch.load(path, map_location="cpu", weights_only=True, mmap=zipped)
    except (OSError, EOFError, RuntimeError, ValueError, KeyError, pickle.UnpicklingError) as error:
        found = re.search(r"GLOBAL (\S+)", str(error))
        if code := found[1] if found else _called(path):
            raise CheckpointError(
                f"{path} cannot be read as weights: it calls {code}, which is code and was not run. "
                "Take the file from its publisher."
            ) from error
        reason = "it is cut off or not a weight file" if not zipped else "it holds more than tensors, or is broken"
        raise CheckpointError(f"{path} cannot be read as weights: {reason}. Download it again.") from error


def _called(path: Path) -> str:
    """The first function that a bare pickle names, read without running it; empty where there is none."""
    texts: list[str] = []
    try:
        with path.open("rb") as file:
            for code, value, _ in pickletools.genops(file):
                if code.name == "GLOBAL":
                    return str(value).replace(" ", ".")
                if code.name == "STACK_GLOBAL":
                    return ".".join(texts[-2:])
                texts += [value] if isinstance(value, str) else []
    except ValueError:
        return ""
    return ""


def _descend(table: Any, nest: Nest) -> Any:
    for key in nest:
        table = table.get(key) if isinstance(table, dict) else None
    return table


def fill_model(
    model: nn.Module,
    table: TensorTable,
    names: Mapping[str, str],
    dtype: torch.dtype = torch.float32,
    device: str | torch.device = "cpu",
) -> None:
    """Give a model on the meta device exactly the tensors of a file, `names` saying what each is called in the model.

    Raises CheckpointError that lists what is missing, unknown (to `names` or to the model) or of a wrong shape.
    """
    own = {name: tuple(tensor.shape) for name, tensor in model.state_dict().items()}
    found = {ours: table.shapes[name] for name, ours in names.items() if ours in own}
    strange = sorted(name for name in table.shapes if names.get(name) not in own)
    wrong = [f"{n} is {s}, not {own[n]}" for n, s in sorted(found.items()) if s != own[n]]
    complain(strange, sorted(own.keys() - found.keys()), wrong, str(table.source), "the model that was named")
    model.load_state_dict(table.converted(names, dtype, device), assign=True)
    model.eval()
