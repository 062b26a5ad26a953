"""Weights trained elsewhere, from a local file: nothing is ever downloaded."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from bench.core.errors import BenchError
from bench.core.select import unknown
from bench.plugins.method import Method

if TYPE_CHECKING:
    from torch import Tensor, nn

M = TypeVar("M", bound=Method)

WORD = "weights="
"""Begins the variant that names a file: `dssn:weights=alexnet.pth`."""


def split(word: str) -> tuple[str, str]:
    """A variant's words before its file of weights, and the file: "" where it names none."""
    before, found, path = word.partition(WORD)
    return (before.removesuffix("+"), path) if found else (word, "")


def digest(path: str) -> str:
    """sha256 of a file of weights, so that other contents are another configuration.

    Raises:
        BenchError: there is no such file.
    """
    try:
        with Path(path).expanduser().open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise BenchError(
            f"{WORD}{path}: {error.strerror}; expected a state dict saved by torch, or safetensors"
        ) from error


def read(path: str, sha256: str = "") -> dict[str, Tensor]:
    """The state dict in a file, alone or under the key "state_dict", without "module." prefixes.

    Args:
        path: of the file.
        sha256: that it must have; empty for any.

    Raises:
        BenchError: the file holds no state dict, or has changed.
    """
    import torch

    if sha256 and digest(path) != sha256:
        raise BenchError(f"{WORD}{path}: the file has changed since this command began")

    file = Path(path).expanduser()
    found: Any
    try:
        if file.suffix == ".safetensors":
            from safetensors.torch import load_file

            found = load_file(file)
        else:
            # Tensors alone: an arbitrary pickle could run code.
            found = torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # pickle, zip and safetensors each raise their own
        why = str(error).partition("\n")[0]
        raise BenchError(f"{WORD}{path}: not readable as a state dict: {why}") from error
    found = found.get("state_dict", found) if isinstance(found, Mapping) else found
    if not isinstance(found, Mapping) or not all(hasattr(v, "shape") for v in found.values()):
        raise BenchError(f"{WORD}{path}: contains {type(found).__name__}, expected a state dict")
    # DataParallel puts the prefix before every name.
    return {str(name).removeprefix("module."): value for name, value in found.items()}


def fill(module: nn.Module, path: str, state: Mapping[str, Tensor], without: str = "") -> None:
    """Give a module the weights of a state dict; dots and underscores in names are interchangeable.

    Args:
        module: every parameter and buffer of it must be in the state dict; more may be there.
        path: of the file, for errors.
        state: by name.
        without: prefix of the layer that stays as it is, the classifier.

    Raises:
        BenchError: names what is missing or of another shape.
    """
    import torch

    # Some of timm's feature extractors flatten names: `features.0` becomes `features_0`.
    flat = {name.replace(".", "_"): value for name, value in state.items()}
    with torch.no_grad():
        for name, own in module.state_dict().items():
            if without and name.startswith(without):
                continue
            given = flat.get(name.replace(".", "_"))
            # A counter that files from before PyTorch 0.4.1 lack, and that predictions do not use.
            if given is None and name.endswith("num_batches_tracked"):
                continue
            if given is None or given.shape != own.shape:
                what = "nothing" if given is None else f"a tensor {tuple(given.shape)}"
                raise BenchError(
                    f"{WORD}{path}: does not fit: {name} is {tuple(own.shape)}, the file has {what}"
                )
            # The state dict shares the module's memory, so that this changes the module.
            own.copy_(given)


def configured(kind: type[M], word: str) -> M:
    """A method by the variant `weights=PATH`; it has the fields `weights` and `weights_sha256`.

    Raises:
        BenchError: another word, or no such file.
    """
    before, path = split(word)
    if before or not path:
        raise unknown(f"variant of {kind.name}", word, [*kind.variants, f"{WORD}PATH"])
    return kind(weights=path, weights_sha256=digest(path))  # type: ignore[call-arg]
