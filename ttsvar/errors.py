"""The errors a person can meet; each message says what was wrong, the value, and what to do next."""

from __future__ import annotations


class TTSVarError(Exception):
    """Base of every error that is the caller's to mend."""


class PromptError(TTSVarError):
    """The prompt is empty or not text."""


class ScheduleError(TTSVarError):
    """The batch schedule or a decision scale is impossible; names the scale."""

    def __init__(self, message: str, scale: int | None = None) -> None:
        super().__init__(message)
        self.scale = scale


class ConfigError(TTSVarError):
    """A setting has a value that does not exist or is out of range."""


class SelectionError(TTSVarError):
    """A selection is empty or points at a candidate that does not exist."""


class CheckpointError(TTSVarError):
    """A weight file is missing, broken, or does not match the model; lists the keys."""


class StateError(TTSVarError):
    """A state cannot be used this way: it is finished, or belongs to another model."""


class StoppedError(StateError):
    """A computation was stopped between two chunks, as nobody waits for it any more."""


class NumberError(TTSVarError):
    """A model gave NaN, infinity or a wrong number of values; names the part, the scale and the likely cause."""


class FileError(TTSVarError):
    """A file from outside is damaged, too large, or was not made here."""


class StoreError(TTSVarError):
    """The rows of an evaluation cannot be read or written."""


class EvaluationError(TTSVarError):
    """An image could not be made or measured, however often it was tried."""


class ImageError(TTSVarError):
    """An image or a folder of images cannot be read."""


class RoomError(TTSVarError):
    """A model or a run does not fit into the memory that is left; says how much it needs and what would fit."""
