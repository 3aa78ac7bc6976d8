"""The window: controls, stage and charts around one session."""

from __future__ import annotations

import dataclasses
import functools
import json
import time
from collections.abc import Callable
from typing import cast

from PySide6.QtCore import QByteArray, QEvent, QObject, QSettings, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QInputDialog,
    QMainWindow,
    QSplitter,
    QStyle,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from ganstudio.engine import messages as m
from ganstudio.engine.config import RunConfig
from ganstudio.engine.distributions.image_files import ImageFiles
from ganstudio.engine.late_session import LateSession, open_session
from ganstudio.engine.presets import Preset, shipped
from ganstudio.engine.snapshot import Snapshot
from ganstudio.ui.actions import make_actions, make_preset_actions, tint
from ganstudio.ui.config_form import ConfigForm
from ganstudio.ui.documents import Documents
from ganstudio.ui.experiment import Experiment
from ganstudio.ui.icons import application_icon
from ganstudio.ui.message_bar import MessageBar
from ganstudio.ui.pages import Pages
from ganstudio.ui.palette import Palette
from ganstudio.ui.preset_menu import PresetMenu
from ganstudio.ui.session_bridge import SessionBridge
from ganstudio.ui.session_reports import SessionReports
from ganstudio.ui.theme import CHOICES, PRESENTER_SCALE, Theme, ThemeChoice
from ganstudio.ui.transport_bar import TransportBar
from ganstudio.ui.views.chart_panel import ChartPanel
from ganstudio.ui.views.chart_scale import step_text
from ganstudio.ui.views.stage import PREPARING, Stage

DEFAULT_SIZE = (1440, 900)
SPLIT = (316, 774, 350)
NARROW_PX = 1250  # below it the stage gets more of the width
NARROW_SPLIT = (290, 530, 280)
TYPE_STEP = 1.1
MOST_STEPS = 100_000_000
CLOSE_TIMEOUT_S = 1.0
LOADING = "Loading PyTorch…"
LONG_RUN_S = 60.0  # to lose so much would hurt


class MainWindow(QMainWindow):
    """The one window.

    Parameters
    ----------
    config, title
        The first experiment.
    theme
        The look; shared with whatever else the application shows.
    settings
        Remembers the window's state.
    """

    def __init__(self, config: RunConfig, title: str, theme: Theme, settings: QSettings) -> None:
        super().__init__()
        self.theme, self.settings = theme, settings
        self.setWindowIcon(application_icon())
        self.setAcceptDrops(True)
        self.actions_by_name = make_actions(self)
        self._session = open_session(config)
        self.bridge = SessionBridge(self._session, self)
        self.experiment = Experiment(config, self.bridge.send, title=title, parent=self)
        self.transport = TransportBar(self.actions_by_name)
        self.form = ConfigForm(self.experiment)
        self.stage = Stage(theme.palette)
        if isinstance(self._session, LateSession):
            self.stage.show_wait(LOADING)
        self.charts = ChartPanel(theme.palette)
        self.messages = MessageBar(theme.palette)
        self.gallery = PresetMenu(shipped(), theme.palette, self)
        self.documents = Documents(
            self,
            self.experiment,
            self.bridge.send,
            settings,
            self.messages.show_notice,
            self.messages.show_error,
            lambda path: self._choose_images("data", path),
        )
        self._reports = SessionReports(
            self.bridge, self.experiment, self.documents, self.messages, self.stage.show_wait, self.close
        )
        self.is_running = False
        self._began_at = time.monotonic()
        self._snapshot: Snapshot | None = None  # the newest
        self._steps = 500  # what was last advanced by
        self._split_afresh = True
        self._is_narrow: bool | None = None  # for which the width was shared
        self._sizes = list(SPLIT)  # of the splitter before a chart was enlarged
        self._lay_out()
        self._connect_actions()
        self._connect_session()
        self._connect_parts()
        self.actions_by_name["go_back"].setEnabled(False)
        theme.changed.connect(self._take_palette)
        self._restore_state()
        self._take_palette(theme.palette)
        self._show_experiment()
        self.transport.pages.set_value(self.pages.remembered())

    def run(self) -> None:
        """Begin to train."""
        self._load_torch()
        self.bridge.send(m.Advance(None))

    def _load_torch(self) -> None:
        if isinstance(self._session, LateSession):
            self._session.proceed()

    # -- making it ----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        centre = QWidget()
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.stage, 1)
        column.addWidget(self.messages)
        centre.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # a click beside a field leaves it
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(1)
        self.splitter.setChildrenCollapsible(False)
        for index, (widget, stretch) in enumerate(((self.form, 0), (centre, 1), (self.charts, 0))):
            self.splitter.addWidget(widget)
            self.splitter.setStretchFactor(index, stretch)
        page = QWidget()
        rows = QVBoxLayout(page)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.transport)
        self.pages = Pages(self, self.splitter, self.messages, column, self.bridge, self.settings)
        self.actions_by_name |= self.pages.actions
        rows.addWidget(self.pages.stack, 1)
        self.setCentralWidget(page)
        centre.setFocus()  # else Qt gives it to the first button, and the space bar would press that
        room = self.screen().availableGeometry()
        title_bar = self.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight)
        self.resize(min(DEFAULT_SIZE[0], room.width()), min(DEFAULT_SIZE[1], room.height() - title_bar))

    def _connect_actions(self) -> None:
        send, documents, experiment = self.bridge.send, self.documents, self.experiment
        for name, work in {
            "run": self._toggle_running,
            "step_d": lambda: send(m.StepD()),
            "step_g": lambda: send(m.StepG()),
            "iterate": lambda: send(m.Advance(1)),
            "advance_10": lambda: send(m.Advance(10)),
            "advance_100": lambda: send(m.Advance(100)),
            "advance_1000": lambda: send(m.Advance(1000)),
            "advance": self._advance,
            "reset": experiment.reset,
            "new_seed": lambda: experiment.new_seed(),
            "go_back": experiment.go_back,
            "faster": lambda: self.transport.speed.nudge(1),
            "slower": lambda: self.transport.speed.nudge(-1),
            "presets": self._open_gallery,
            "open": documents.choose_and_open,
            "save": documents.choose_and_save,
            "save_preset": documents.choose_and_save_preset,
            "copy": documents.copy,
            "paste": documents.paste,
            "undo": experiment.undo,
            "redo": experiment.redo,
            "export_picture": documents.choose_and_export_picture,
            "export_history": self.charts.export_history,
            "page_train": lambda: self.transport.pages.set_value("train"),
            "page_latent": lambda: self.transport.pages.set_value("latent"),
            "presenter": self._present,
            "fullscreen": self._fill_screen,
            "larger": lambda: self.theme.set_scale(self.theme.scale * TYPE_STEP),
            "smaller": lambda: self.theme.set_scale(self.theme.scale / TYPE_STEP),
            "normal_size": lambda: self.theme.set_scale(self._normal_scale()),
            "shortcuts": self._show_shortcuts,
            "about": self._show_about,
            "quit": self.close,
        }.items():
            self._connect_action(name, work)
        for choice in CHOICES:
            self._connect_action(choice, functools.partial(self._choose_theme, choice))
        presets = shipped()
        for preset, action in zip(presets, make_preset_actions(self, [item.title for item in presets]), strict=False):
            self.actions_by_name[action.objectName()] = action
            self._connect_action(action.objectName(), functools.partial(self._take_preset, preset))

    def _connect_action(self, name: str, work: Callable[[], object]) -> None:
        self.actions_by_name[name].triggered.connect(lambda _checked=False: work())

    def _connect_session(self) -> None:
        bridge = self.bridge
        bridge.snapshot_ready.connect(self._show_snapshot)
        bridge.loaded.connect(lambda _event: self.stage.show_wait(PREPARING))
        bridge.started.connect(self._show_started)
        bridge.running_changed.connect(self._show_running)

    def _connect_parts(self) -> None:
        self.experiment.config_changed.connect(self._show_experiment)
        self.experiment.loaded.connect(self.stage.show_averaged)
        self.stage.watch_changed.connect(self.bridge.send)
        self.bridge.send(self.stage.watch())
        self.form.drawing_asked.connect(self._draw)
        self.form.images_asked.connect(self._choose_images)
        self.form.reading_asked.connect(self._read_images)
        self.transport.page_asked.connect(self._show_page)
        self.transport.presets_asked.connect(self._open_gallery)
        self.transport.limit_edited.connect(lambda limit: self.experiment.edit("run.speed_limit", limit))
        self.transport.seed_typed.connect(self._take_seed)
        self.charts.enlarged_changed.connect(self._widen_charts)
        self.splitter.splitterMoved.connect(self._keep_split)
        self.gallery.chosen.connect(self._take_preset)
        self.gallery.open_requested.connect(self.documents.choose_and_open)
        QApplication.instance().focusChanged.connect(self._guard_space)  # type: ignore[union-attr]

    # -- what happens -------------------------------------------------------------------------------------------------

    def _toggle_running(self) -> None:
        self.bridge.send(m.Pause() if self.is_running else m.Advance(None))

    def _advance(self) -> None:
        steps, sure = QInputDialog.getInt(self, "Advance", "Iterations, then pause:", self._steps, 1, MOST_STEPS)
        if sure:
            self._steps = steps
            self.bridge.send(m.Advance(steps))

    def _show_started(self, event: m.Started) -> None:
        self.experiment.saw_started(event.config)
        self.actions_by_name["go_back"].setEnabled(event.former > 0)
        if event.run > 1:  # what was wrong with an earlier run is over
            self.messages.clear()
        began_at, self._began_at = self._began_at, time.monotonic()
        if event.former and self._began_at - began_at > LONG_RUN_S:
            keys = self.actions_by_name["go_back"].shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            self.messages.show_notice(
                f"The run before is kept as it was at iteration {step_text(event.former)}: {keys} goes back to it."
            )

    def _show_running(self, event: m.RunningChanged) -> None:
        self.is_running = event.running
        self.transport.show_running(event.running)

    def _show_snapshot(self, snapshot: Snapshot) -> None:
        self.experiment.saw_snapshot(snapshot.config)
        self.transport.show_snapshot(snapshot)
        self._snapshot = snapshot
        self.pages.show_snapshot(snapshot)
        if self.stage.isVisible():
            self.stage.show_snapshot(snapshot)
        if self.charts.isVisible():
            self.charts.show_snapshot(snapshot)

    def _show_page(self, name: str) -> None:
        """Show another page; what the stage's layers need is looked at only while the stage is shown."""
        self.pages.show_page("latent" if name == "latent" else "train", self.actions_by_name)
        if name == "latent":
            self.bridge.send(dataclasses.replace(self.stage.watch(), probes=frozenset()))
            return
        self.bridge.send(self.stage.watch())
        if self._snapshot is not None:
            self._show_snapshot(self._snapshot)

    def _show_experiment(self) -> None:
        experiment = self.experiment
        self.transport.show_experiment(experiment.title, experiment.config, changed=experiment.is_changed)
        self.setWindowTitle(f"{experiment.title or 'Untitled'} – GAN Studio")
        self.actions_by_name["undo"].setEnabled(experiment.can_undo)
        self.actions_by_name["redo"].setEnabled(experiment.can_redo)

    def _take_preset(self, preset: Preset) -> None:
        self.documents.open_preset(lambda: preset)
        self.run()

    def _take_seed(self, seed: int) -> None:
        self.transport.seed.clearFocus()
        self.experiment.new_seed(seed)

    def _show_shortcuts(self) -> None:
        from ganstudio.ui.shortcut_sheet import ShortcutSheet  # like the next one: not before it is asked for

        ShortcutSheet(self.actions_by_name.values(), self).exec()

    def _show_about(self) -> None:
        from ganstudio.ui.about_dialog import AboutDialog

        AboutDialog(self).exec()

    def _open_gallery(self) -> None:
        self.gallery.show_for(self.transport.preset_button)

    def _draw(self, section: str) -> None:
        from ganstudio.ui.drawing_dialog import DrawingDialog

        dialog = DrawingDialog(getattr(self.experiment.config, section), self.theme.palette, self)
        if dialog.exec() and dialog.distribution is not None:
            self.experiment.exchange(section, dialog.distribution)
            self.experiment.reset()

    def _choose_images(self, section: str, path: str) -> None:
        present = getattr(self.experiment.config, section)
        self._read_images(section, present if isinstance(present, ImageFiles) else ImageFiles(), path)

    def _read_images(self, section: str, wanted: ImageFiles, path: str = "") -> None:
        """Have images read in the background, shown, and taken as the part if the person agrees."""
        from ganstudio.ui.image_import_dialog import ImageImportDialog

        dialog = ImageImportDialog(wanted, self.theme.palette, self)
        if path:
            dialog.open_path(path)
        if dialog.exec():
            self.experiment.exchange(section, dialog.distribution)
            self.experiment.reset()

    # -- how it looks -------------------------------------------------------------------------------------------------

    def _choose_theme(self, choice: ThemeChoice) -> None:
        self.theme.set_choice(choice)
        self._take_palette(self.theme.palette)

    def _take_palette(self, palette: Palette) -> None:
        for choice in CHOICES:
            self.actions_by_name[choice].setChecked(choice == self.theme.choice)
        tint(self.actions_by_name, palette.text)
        for part in (self.transport, self.form, self.stage, self.charts, self.messages, self.gallery, self.pages):
            part.set_palette(palette)
        self.charts.set_font_scale(self.theme.scale)  # everything else takes the application's font by itself

    def _widen_charts(self, enlarged: bool) -> None:
        """Give an enlarged chart room beside the stage, and take it back after."""
        if enlarged:
            self._sizes = self.splitter.sizes()
            form, *others = self._sizes
            self.splitter.setSizes([form, sum(others) * 2 // 5, sum(others) * 3 // 5])
        else:
            self.splitter.setSizes(self._sizes)

    def _normal_scale(self) -> float:
        return PRESENTER_SCALE if self.actions_by_name["presenter"].isChecked() else 1.0

    def _present(self) -> None:
        """Larger type and no controls, or back; the charts take of the controls' room what their words need."""
        presenting = self.actions_by_name["presenter"].isChecked()
        form, stage, charts = self._sizes = self.splitter.sizes() if presenting else self._sizes
        self.form.setVisible(not presenting)
        self.theme.set_scale(self._normal_scale())
        if presenting:
            more = min(form, round((PRESENTER_SCALE - 1) * charts))
            self.splitter.setSizes([form, stage + form - more, charts + more])
        else:
            self.splitter.setSizes(self._sizes)

    def _fill_screen(self) -> None:
        if self.actions_by_name["fullscreen"].isChecked():
            self.showFullScreen()
        else:
            self.showNormal()

    # -- Qt -----------------------------------------------------------------------------------------------------------

    def _guard_space(self, _old: QWidget | None, now: QWidget | None) -> None:
        """Let the space bar press a button that was reached with Tab; anywhere else it runs and pauses."""
        if isinstance(now, QAbstractButton) and self.isAncestorOf(now):
            now.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(watched, QAbstractButton):
            key = cast(QKeyEvent, event)
            if key.key() == Qt.Key.Key_Space and watched.hasFocus():
                event.accept()
        return super().eventFilter(watched, event)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self._load_torch)  # when it is painted
        self._share_width()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        QTimer.singleShot(0, self._share_width)  # when the splitter has its new width too

    def _share_width(self) -> None:
        """Share the width among controls, stage and charts, until the person does."""
        narrow = self.width() < NARROW_PX
        if self._split_afresh and self.isVisible() and narrow != self._is_narrow and not self.charts.enlarged:
            self._is_narrow = narrow
            self.splitter.setSizes(list(NARROW_SPLIT if narrow else SPLIT))

    def _keep_split(self) -> None:
        self._split_afresh = False

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange:
            self.actions_by_name["fullscreen"].setChecked(self.isFullScreen())

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        if self.pages.name == "latent" and self.pages.latent is not None:
            self.pages.latent.dropped(event.mimeData())
        else:
            self.documents.dropped(event.mimeData())

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._reports.may_close():
            event.ignore()
            return
        self._save_state()
        self.pages.close()
        self.bridge.close(CLOSE_TIMEOUT_S)
        event.accept()

    def _save_state(self) -> None:
        settings = self.settings
        if not self.isFullScreen():
            settings.setValue("geometry", self.saveGeometry())
        if self.form.isVisibleTo(self):
            settings.setValue("splitter", self.splitter.saveState())
        settings.setValue("theme", self.theme.choice)
        settings.setValue("parts", json.dumps({"folded": self.form.folded(), "stage": self.stage.state()}))
        settings.sync()

    def _restore_state(self) -> None:
        settings = self.settings
        for key, restore in (("geometry", self.restoreGeometry), ("splitter", self.splitter.restoreState)):
            value = settings.value(key)
            if isinstance(value, QByteArray) and restore(value) and key == "splitter":
                self._split_afresh = False
        try:
            parts = json.loads(str(settings.value("parts", "{}")))
            self.form.set_folded([str(title) for title in parts["folded"]])
            self.stage.restore(parts["stage"])
        except (ValueError, KeyError, TypeError, AttributeError):
            pass  # written by another version, or by hand: the window opens as the first time
