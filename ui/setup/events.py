"""What the set-up fields do: begin a run, and show what a setting changes while it is typed."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator

from ttsvar.errors import TTSVarError

from ..panels.navigation import FAILED, opened, welcome
from ..panels.panel import Services
from ..panels.stepper.view import stepper_html
from ..scene.scene import Opening
from ..scene.strip import planned_cells
from ..shell.events import FileEvent
from ..shell.quirks import Values, page_that_asks
from .checks import SetupChecks
from .fields import PROMPT_LIMIT, FieldError, read_search

log = logging.getLogger("ttsvar.ui")


class SetupEvents:
    """Handlers of the set-up fields: each takes values by name and answers with values by name."""

    def __init__(self, services: Services, checks: SetupChecks) -> None:
        self.services = services
        self.checks = checks

    def start(self, values: Values) -> Iterator[Values]:
        """Begin a run and show its first scale; a bad field is explained beside it.

        Without a prompt it takes the example that the field shows.
        """
        filled: Values = {} if (values["prompt"] or "").strip() else {"prompt": self.checks.example}
        values = {**values, **filled}
        try:
            session = self.checks.read(values, self.services.store.create)
        except FieldError as error:
            yield self.checks.notes(values, error)
            return
        notes = {**self.checks.notes(values), **filled}
        yield {**self.services.show(Opening(session)), **notes}
        self.services.orders.begin(session, "", page_that_asks())
        try:
            page = opened(self.services, session, session.current)
        except TTSVarError as error:
            page = welcome(self.services, str(error))
        except Exception:
            log.exception("the first scale failed")
            page = welcome(self.services, FAILED)
        yield {**page, **notes}

    def check(self, values: Values) -> Values:
        """The notes of the settings, and the strip of scales: until a run has its own it shows the plan."""
        answer = self.checks.notes(values)
        try:
            search = None if values["here"] else read_search(values, self.services.engine.schedule)
        except FieldError:
            search = None
        if search is not None:
            answer["stepper"] = stepper_html(planned_cells(search, self.services.engine.schedule))
        return answer

    def check_prompt(self, values: Values) -> Values:
        """The note under the prompt."""
        return {"prompt_note": self.checks.check_prompt(values["prompt"])}

    def choose(self, values: Values) -> Values:
        """A named search brings its own settings."""
        return self.checks.choose_search(values["search"])

    def example(self, event: FileEvent) -> Values:
        """The prompt of the example that was clicked."""
        return {"prompt": event.name[:PROMPT_LIMIT]}

    def dice(self, values: Values) -> Values:
        """A new seed."""
        return {"seed": secrets.randbelow(10_000)}
