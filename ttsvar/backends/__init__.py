"""One adapter per model family, behind `ttsvar.types.Backend`."""
