"""A choice among the present model, the run's snapshots and files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QSizePolicy, QWidget
from typing_extensions import override

from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.latent.source_bar import shipped_models, title_of
from ganstudio.ui.numerals import thousands

OPEN = "\0open"
KINDS = "Models and saved runs (*.safetensors *.pt *.pth);;All files (*)"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which model: the present one, a snapshot's step, or a file."""

    step: int | None = None
    path: Path | None = None

    @property
    def title(self) -> str:
        """What the list calls it."""
        if self.path is not None:
            return title_of(self.path) if self.path in shipped_models() else self.path.name
        return "Present model" if self.step is None else f"Step {thousands(self.step)}"


class ModelChoice(QComboBox):
    """A list that is put together when it is opened, since the run's snapshots come and go.

    Signals
    -------
    chosen
        Another one; carries a :class:`Chosen`.
    """

    chosen = Signal(object)

    def __init__(self, explorer: Explorer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._explorer = explorer
        self.value = Chosen()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)
        self.setMaxVisibleItems(20)
        self.offer()
        self.activated.connect(self._activate)

    def offer(self) -> None:
        """Put the list together."""
        explorer = self._explorer
        steps: Sequence[int] = () if explorer.ring is None else explorer.ring.steps()
        snapshots = [Chosen(step=step) for step in reversed(steps)]
        files = [Chosen(path=path) for path in dict.fromkeys([*explorer.recents(), *shipped_models()])]
        # Beside a file, another file is meant: the run's nets are likely others.
        entries = [Chosen(), *(snapshots + files if explorer.path is None else files + snapshots)]
        if self.value not in entries:
            entries.insert(1, self.value)  # a snapshot that was dropped since, or a file opened by hand
        self.clear()
        for entry in entries:
            self.addItem(entry.title, entry)
        self.addItem("Open a file…", OPEN)
        self.setCurrentIndex(entries.index(self.value))

    def set_value(self, value: Chosen) -> None:
        """Choose; a signal is sent if it is another one."""
        if value != self.value:
            self.value = value
            self.offer()
            self.chosen.emit(value)
        else:
            self.offer()

    @override
    def showPopup(self) -> None:
        self.offer()
        super().showPopup()

    def _activate(self, index: int) -> None:
        data = self.itemData(index)
        if isinstance(data, Chosen):
            self.set_value(data)
            return
        name, _ = QFileDialog.getOpenFileName(self.window(), "Open model", "", KINDS)
        self.set_value(Chosen(path=Path(name)) if name else self.value)
