"""The controls: every setting of the experiment, generated from its declarations."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from ganstudio.engine.compatibility import choices_of
from ganstudio.engine.config import Change, RunConfig, param_at, parts, replaced, value_at
from ganstudio.engine.distributions.image_files import ImageFiles
from ganstudio.engine.params import ConfigError, params_of
from ganstudio.ui.editors import editor_for
from ganstudio.ui.experiment import Experiment
from ganstudio.ui.palette import Palette
from ganstudio.ui.part_block import PartBlock
from ganstudio.ui.pending_bar import PendingBar
from ganstudio.ui.section import Section
from ganstudio.ui.setting_row import SettingRow
from ganstudio.ui.setting_tips import entry_tip, tip

# Where things stand. What is declared and not named here is added to the last section that it could belong to.
SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Data", ("data", "training.standardize", "training.mirror", "training.augment")),
    (
        "Game",
        (
            "loss",
            "training.d_steps",
            "training.g_steps",
            "training.batch_size",
            "penalty",
            "training.penalty_every",
            "training.instance_noise",
            "training.ema_decay",
            "training.d_pretrain",
        ),
    ),
    ("Optimisers", ("d_optimizer", "g_optimizer", "training.lr_schedule")),
    ("Networks", ("prior", "generator", "discriminator")),
    ("Run", ("run.seed", "run.device", "run.execution", "run.speed_limit", "training.steps", "training.metrics_every")),
)
OF_IMAGES = ("training.mirror", "training.augment")  # settings that mean nothing for points
WIDTH_EMS = 24.0


class ConfigForm(QWidget):
    """Shows an :class:`Experiment` and edits it.

    Signals
    -------
    drawing_asked
        The part (``"data"``) whose drawing is to be opened.
    images_asked
        The part for which images are to be chosen, and a path that was dropped there, or none.
    reading_asked
        The part whose images have to be read anew for what was set, and the part as it would be; until they are read,
        it stays as it is.
    """

    drawing_asked = Signal(str)
    images_asked = Signal(str, str)
    reading_asked = Signal(str, object)

    def __init__(self, experiment: Experiment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.experiment = experiment
        self.sections: list[Section] = []
        self.blocks: dict[str, PartBlock] = {}
        self._plain: dict[str, SettingRow] = {}
        self._shown: dict[str, tuple[Any, Any, bool]] = {}
        self._layout_shown = ""
        self._page = QWidget()
        self._page.setObjectName("panel")
        self._column = QVBoxLayout(self._page)
        self._column.setContentsMargins(6, 4, 2, 8)
        self._column.setSpacing(0)
        for title, items in _sections():
            self._add_section(title, items)
        self._column.addStretch(1)
        self.scroll_area = QScrollArea()
        self.scroll_area.setObjectName("panel")
        self.scroll_area.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll_area.setWidgetResizable(True)
        self.scroll_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroll_area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scroll_area.setWidget(self._page)
        self.pending_bar = PendingBar(experiment)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.scroll_area, 1)
        layout.addWidget(self.pending_bar)
        experiment.config_changed.connect(self.refresh)
        experiment.pending_changed.connect(self._show_pending)
        self.refresh()

    def row(self, path: str) -> SettingRow:
        """Return the row of a setting that is shown now."""
        return self._rows()[path]

    def set_palette(self, palette: Palette) -> None:
        """Take a theme's colours."""
        for section in self.sections:
            section.set_color(palette.muted)

    def folded(self) -> list[str]:
        """Return the titles of the folded sections."""
        return [section.title for section in self.sections if section.folded]

    def set_folded(self, titles: list[str]) -> None:
        """Fold these sections and open all others."""
        for section in self.sections:
            section.set_folded(section.title in titles)

    def refresh(self) -> None:
        """Show the experiment as it is."""
        config = self.experiment.config
        layout = _layout(config)
        for name, block in self.blocks.items():
            if self._layout_shown != layout and name in ("generator", "discriminator"):
                block.offer(choices_of(config, name))
            if block.show_entry(getattr(config, name)):
                for path in list(self._shown):
                    if path.startswith(f"{name}."):
                        del self._shown[path]
        if self._layout_shown != layout:
            self._layout_shown = layout
            for path in OF_IMAGES:
                self._plain[path].setVisible(self._layout_shown == "images")
            self._plain["training.standardize"].setVisible(self._layout_shown != "images")
        for path, row in self._rows().items():
            value, preset = value_at(config, path), self.experiment.preset_value(path)
            changed = value != preset
            if self._shown.get(path) != (value, preset, changed):
                self._shown[path] = (value, preset, changed)
                row.show_value(value)
                row.set_changed(changed, preset)
                row.set_problem("")
                row.set_tip(self._tip(path, value, preset, changed))
        self._show_pending(self.experiment.pending)

    def _add_section(self, title: str, items: tuple[str, ...]) -> None:
        section = Section(title)
        for item in items:
            part = parts().get(item)
            if part is not None:
                block = PartBlock(item, part)
                block.row_made.connect(self._listen)
                block.drawing_asked.connect(self.drawing_asked)
                block.images_asked.connect(self.images_asked)
                self._listen(block.name_row)
                self.blocks[item] = block
                section.rows.addWidget(block)
            else:
                declared = param_at(self.experiment.config, item)
                self._plain[item] = SettingRow(item, declared.title, editor_for(item, declared))
                self._listen(self._plain[item])
                section.rows.addWidget(self._plain[item])
        self.sections.append(section)
        self._column.addWidget(section)

    def _listen(self, row: SettingRow) -> None:
        row.edited.connect(self._edited)
        row.preset_asked.connect(self._revert)
        row.reset_asked.connect(self.experiment.reset)

    def _edited(self, path: str, value: object) -> None:
        try:
            if not self._asks_to_read(path, value):
                self.experiment.edit(path, value)
        except ConfigError as error:
            self._rows()[path].set_problem(f"Not possible: allowed is {error.allowed}")

    def _revert(self, path: str) -> None:
        if not self._asks_to_read(path, self.experiment.preset_value(path)):
            self.experiment.revert(path)

    def _asks_to_read(self, path: str, value: object) -> bool:
        """Ask for images to be read anew if this value needs it, which may take minutes; return whether it does."""
        section, config = path.partition(".")[0], self.experiment.config
        present, wanted = getattr(config, section), getattr(replaced(config, path, value), section)
        if not (isinstance(present, ImageFiles) and isinstance(wanted, ImageFiles) and wanted.path):
            return False
        if wanted.scan_settings == present.scan_settings:
            return False
        self.row(path).show_value(value_at(config, path))
        self.reading_asked.emit(section, wanted)
        return True

    def _rows(self) -> dict[str, SettingRow]:
        rows = dict(self._plain)
        for block in self.blocks.values():
            rows |= block.all_rows()
        return rows

    def _show_pending(self, pending: tuple[Change, ...]) -> None:
        waiting = {change.path for change in pending}
        for path, row in self._rows().items():
            row.set_pending(path in waiting)

    def _tip(self, path: str, value: Any, preset: Any, changed: bool) -> str:
        section, _, name = path.partition(".")
        part = parts()[section]
        if part is not None and name == "name":
            entry, other = part.registry.get(value), part.registry.get(preset)
            return entry_tip(f"{part.title}: {entry.title}", entry.summary(), part.live, other.title, changed)
        return tip(param_at(self.experiment.config, path), preset, changed)

    @override
    def sizeHint(self) -> QSize:
        return QSize(round(WIDTH_EMS * self.fontMetrics().height() * 0.8), 600)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(self.sizeHint().width() * 4 // 5, 200)


def _layout(config: RunConfig) -> str:
    try:
        return config.data.layout
    except ConfigError:  # a person's own points, and no file yet
        return "plane"


def _sections() -> list[tuple[str, tuple[str, ...]]]:
    """Return the sections with everything that is declared, named in :data:`SECTIONS` or not."""
    from ganstudio.engine.sections import Run, Training

    named = {item for _, items in SECTIONS for item in items}
    extra: dict[str, list[str]] = {title: [] for title, _ in SECTIONS}
    extra["Networks"] += [name for name, part in parts().items() if part is not None and name not in named]
    extra["Game"] += [path for name in params_of(Training) if (path := f"training.{name}") not in named]
    extra["Run"] += [path for name in params_of(Run) if (path := f"run.{name}") not in named]
    return [(title, items + tuple(extra[title])) for title, items in SECTIONS]
