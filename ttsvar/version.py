"""The version of this code: what `ttsvar --version` prints and the recipe of a picture carries."""

VERSION = "0.2.0"
