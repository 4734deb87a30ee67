"""How the tests check signatures: a whole number will do where a float is asked for, as type checkers see it, too."""

from __future__ import annotations

from beartype import BeartypeConf, beartype

checked = beartype(conf=BeartypeConf(is_pep484_tower=True))
