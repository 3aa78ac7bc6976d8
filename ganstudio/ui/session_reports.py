"""What the session reports, told to the person in words, with what can be done about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from ganstudio.engine import messages as m
from ganstudio.engine.optimizers import Optimizer
from ganstudio.ui.documents import Documents
from ganstudio.ui.experiment import Experiment
from ganstudio.ui.message_bar import MessageBar
from ganstudio.ui.session_bridge import SessionBridge
from ganstudio.ui.views.chart_scale import step_text

ADVICE: dict[type, str] = {  # after what the session could not do
    m.Reset: "Change it and reset.",
    m.Load: "The present run stays.",
    m.Save: "It was not saved; the run goes on.",
}
LEAST_RATE = 1e-6


class SessionReports(QObject):
    """Shows what was saved, what failed, what diverged and what takes long.

    Parameters
    ----------
    bridge
        The session.
    experiment, documents
        What the reports are about.
    messages
        Where they are shown.
    show_wait
        Shows a text in place of a run that could not begin.
    close
        Closes the window.
    """

    def __init__(
        self,
        bridge: SessionBridge,
        experiment: Experiment,
        documents: Documents,
        messages: MessageBar,
        show_wait: Callable[[str], object],
        close: Callable[[], object],
    ) -> None:
        super().__init__(bridge)
        self._bridge, self._experiment, self._documents = bridge, experiment, documents
        self._messages, self._show_wait, self._close = messages, show_wait, close
        self._leaving = False  # as soon as what is being saved is saved
        self._is_running = False
        bridge.running_changed.connect(self._keep_running)
        bridge.saved.connect(self._show_saved)
        bridge.failed.connect(self._show_failure)
        bridge.diverged.connect(self._show_divergence)
        bridge.delayed.connect(self._show_delay)

    def may_close(self) -> bool:
        """Tell whether the window may close now; if something is still being saved, it is closed after that."""
        if not self._documents.unsaved or self._leaving:
            return True
        self._leaving = True
        self._messages.show_notice("The window closes when the run is saved. Close it again to leave without.")
        return False

    def _keep_running(self, event: m.RunningChanged) -> None:
        self._is_running = event.running

    def _show_saved(self, event: m.Saved) -> None:
        self._documents.unsaved.discard(event.path)
        self._messages.show_notice(f"Saved {event.path}")
        if self._leaving:
            self._close()

    def _show_failure(self, event: m.Failed) -> None:
        self._experiment.saw_failure(event.command)
        if isinstance(event.command, m.Save):
            self._documents.unsaved.discard(event.command.path)
            self._leaving = False  # the person may choose another place
        advice = ADVICE.get(type(event.command), "")
        said = f"{event.message.rstrip('.')}. {advice}" if advice else event.message
        self._messages.show_error(said, details=event.traceback)
        if isinstance(event.command, m.Reset):
            self._show_wait(f"The run could not begin.\n{said}")

    def _show_divergence(self, event: m.Diverged) -> None:
        self._messages.show_warning(
            f"Diverged: a loss was not finite at iteration {step_text(event.step)}. Paused, with the nets of "
            f"{step_text(event.kept)}. Try smaller learning rates, or a penalty on D.",
            actions=(("Rates ÷ 10, go on", self._calm_rates), ("Reset", self._experiment.reset)),
        )

    def _calm_rates(self) -> None:
        config = self._experiment.config
        players: dict[str, Optimizer] = {"d_optimizer.lr": config.d_optimizer, "g_optimizer.lr": config.g_optimizer}
        self._experiment.edit_many({path: max(LEAST_RATE, optimizer.lr / 10) for path, optimizer in players.items()})
        self._bridge.send(m.Advance(None))

    def _show_delay(self, seconds: int) -> None:
        if not self._is_running:  # a run is being made
            return
        training = self._experiment.running.training
        self._messages.show_notice(
            f"Waiting for the present iteration to end, {seconds} s by now: it has k = {training.d_steps} and "
            f"batches of {training.batch_size}. Smaller ones, or smaller nets, answer sooner."
        )
