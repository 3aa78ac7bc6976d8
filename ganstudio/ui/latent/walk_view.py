"""Walking from key frame to key frame."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import cast

import numpy as np
from PySide6.QtCore import QElapsedTimer, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from ganstudio.engine.latent.noise import samples
from ganstudio.engine.latent.renderer import Lane
from ganstudio.engine.latent.view_state import ViewState
from ganstudio.ui.eliding_label import ElidingLabel
from ganstudio.ui.icons import icon
from ganstudio.ui.latent.explorer import Explorer
from ganstudio.ui.latent.export_dialog import ExportDialog
from ganstudio.ui.latent.export_job import FormatName
from ganstudio.ui.latent.frame_view import FrameView
from ganstudio.ui.latent.thumbnail_pictures import as_images
from ganstudio.ui.latent.walk_bar import WalkBar
from ganstudio.ui.latent.walk_frames import WalkFrames
from ganstudio.ui.latent.walk_keys import WalkKeys
from ganstudio.ui.latent.walk_player import WalkPlayer
from ganstudio.ui.latent.walk_timeline import TELL_MS, WalkTimeline
from ganstudio.ui.palette import Palette
from ganstudio.ui.theme import tabular

FIRST_KEYS = 4
SLOT_KEYS = "walk keys"


class WalkView(QWidget):
    """Key frames, the way between them, and the film of it.

    Space plays and pauses. A double click on the timeline goes to that place. While the page is hidden nothing is
    computed and nothing plays.

    Parameters
    ----------
    explorer
        Whose model makes the frames; diversity and style are those of its state.

    Signals
    -------
    export_wanted
        The person wants the walk as a file; the dialog opens.
    """

    export_wanted = Signal()

    def __init__(self, explorer: Explorer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._explorer = explorer
        palette = explorer.palette
        self.bar = WalkBar(palette)
        self.loop = QCheckBox("Loop")
        self.frame = FrameView(palette)
        self.timeline = WalkTimeline(palette)
        self.keys = WalkKeys(palette)
        self.play_button = QToolButton()
        self.time_label = ElidingLabel()
        self.here_button, self.export_button = QPushButton("Go here"), QPushButton("Save film…")
        self.player = WalkPlayer(self)
        self.frames = WalkFrames(explorer, lambda: self.is_wanted, self)
        self._pictured: object = None
        self._since_told = QElapsedTimer()
        self._rest = QTimer(self, singleShot=True, interval=0)
        self._rest.timeout.connect(self._picture_keys)
        self._build()
        self._connect()
        self._show_icons()

    # -- building -----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.loop.setToolTip("Begin again at the end.")
        self.loop.setChecked(True)
        self.time_label.setFont(tabular(self.font()))
        self.here_button.setToolTip("Make the place under the playhead the present one (Enter)")
        self.export_button.setToolTip("Save the walk as a film, a GIF or single frames (V)")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(6)
        layout.addWidget(self.bar)
        layout.addWidget(self.frame, 1)
        layout.addWidget(self.timeline)
        layout.addLayout(self._transport())
        layout.addWidget(self.keys)

    def _transport(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.play_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.play_button.setProperty("primary", True)
        self.play_button.setMinimumWidth(round(6.5 * self.fontMetrics().height()))
        row.addWidget(self.play_button)
        row.addWidget(self.loop)
        row.addWidget(self.time_label, 1)
        row.addWidget(self.here_button)
        row.addWidget(self.export_button)
        return row

    def _connect(self) -> None:
        explorer = self._explorer
        explorer.state_changed.connect(self._follow_state)
        explorer.model_changed.connect(self._follow_model)
        explorer.active_changed.connect(self._follow_active)
        explorer.bookmarks_changed.connect(self._follow_shelf)
        self.bar.changed.connect(self._order)
        self.loop.toggled.connect(self._set_loop)
        self.keys.changed.connect(self._take_keys)
        self.keys.chosen.connect(self._seek_key)
        self.keys.here_wanted.connect(lambda: self.add_keys([self._explorer.state]))
        self.keys.random_wanted.connect(self.add_random)
        self.keys.shelf_wanted.connect(self.add_shelf)
        self.play_button.clicked.connect(self.player.toggle)
        self.here_button.clicked.connect(lambda: self._go_here(self.player.position))
        self.export_button.clicked.connect(self.export_wanted)
        self.export_wanted.connect(lambda: self.open_export())
        self.timeline.scrubbed.connect(self._scrub)
        self.timeline.chosen.connect(self._go_here)
        self.player.moved.connect(self._show_frame)
        self.player.playing_changed.connect(self._show_icons)
        self.frames.planned.connect(self._show_plan)
        self.frames.changed.connect(self._show_frames)
        self.frame.clicked.connect(self.player.toggle)
        self._follow_shelf()

    # -- what others may ask for --------------------------------------------------------------------------------------

    def add_keys(self, states: Sequence[ViewState]) -> None:
        """Add key frames after the chosen one; those that do not fit the model are left out with a message."""
        fitting = [state for state in states if self._fits(state)]
        if len(fitting) < len(states):
            self._explorer.noticed.emit("Places of another model were left out of the walk")
        self.keys.add([_place(state) for state in fitting])

    def take_path(self, states: Sequence[ViewState]) -> None:
        """Replace the key frames: a path was drawn on the map."""
        self.keys.set_states([_place(state) for state in states if self._fits(state)])
        self.player.seek(0.0)

    def add_random(self) -> None:
        """Add a draw of the prior as a key frame."""
        seed = int(np.random.default_rng().integers(0, 2**31))
        self.add_keys([dataclasses.replace(self._explorer.state, g=samples(seed, 1, self._explorer.state.dim)[0],
                                           offsets=())])  # fmt: skip

    def add_shelf(self) -> None:
        """Add every place of the shelf."""
        self.add_keys([mark.state for mark in self._explorer.bookmarks])

    def toggle_play(self) -> None:
        """Play or pause."""
        self.player.toggle()

    def open_export(self, first: FormatName = "film") -> None:
        """Open the dialog that saves the walk, pictures, latents or the place, with one of these chosen."""
        dialog = ExportDialog(
            self._explorer, self.frames.path, self.frames.settings, loop=self.loop.isChecked(), parent=self.window()
        )
        dialog.set_format(first)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        for part in (self.bar, self.frame, self.timeline, self.keys):
            part.set_palette(palette)
        self._show_icons()
        model = self._explorer.model
        if model is not None and not model.is_image:
            self._pictured = None  # pictures of points are painted in the palette's colours
            self.frames.repaint()
            self._picture_keys()

    # -- following ----------------------------------------------------------------------------------------------------

    @property
    def is_wanted(self) -> bool:
        """Whether somebody sees it."""
        return self.isVisible() and self._explorer.is_active and self._explorer.model is not None

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._catch_up()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._give_up()

    def _follow_active(self, active: bool) -> None:
        if active:
            self._catch_up()
        else:
            self._give_up()

    def _catch_up(self) -> None:
        if self.is_wanted and not self.keys.states:
            self._fill()
        self.frames.refresh()
        self._picture_keys()

    def _give_up(self) -> None:
        self.player.pause()
        self.frames.give_up()
        self._explorer.cancel(Lane.TILES, SLOT_KEYS)
        self._pictured = None

    def _follow_model(self, model: object) -> None:
        self._pictured = None
        if model is not None and not all(self._fits(key) for key in self.keys.states):
            self.keys.set_states([])
        self.frames.renew()
        if self.is_wanted:
            self._catch_up()

    def _follow_state(self, state: ViewState) -> None:
        self.frames.later()
        if self.is_wanted:
            self._rest.start()

    def _follow_shelf(self) -> None:
        self.keys.shelf_action.setEnabled(bool(self._explorer.bookmarks))

    def _fits(self, state: ViewState) -> bool:
        model = self._explorer.model
        if model is None or state.dim != model.dim:
            return False
        return (0 if state.class_weights is None else len(state.class_weights)) == model.classes

    def _fill(self) -> None:
        """Begin with the present place and three draws of its seed."""
        state = self._explorer.state
        draws = samples(state.seed, FIRST_KEYS - 1, state.dim, start=1)
        others = [dataclasses.replace(_place(state), g=g) for g in draws]
        self.keys.set_states([_place(state), *others])

    # -- the walk -----------------------------------------------------------------------------------------------------

    def _take_keys(self) -> None:
        self._pictured = None
        self._order()
        self._picture_keys()
        if not self.keys.states:
            self.player.pause()

    def _order(self) -> None:
        settings = self.bar.settings
        self.frames.order(self.keys.states, settings)
        path = self.frames.path
        self.player.set_fps(settings.fps)
        self.player.set_duration(settings.duration(path) if path is not None else settings.seconds)
        self._show_plan()

    def _picture_keys(self) -> None:
        """Have the key frames' pictures made."""
        model, states, state = self._explorer.model, self.keys.states, self._explorer.state
        if model is None or not states or not self.is_wanted or not self._fits(states[0]):
            return
        how = (state.tau, state.psi, state.style_from, None if state.style is None else state.style.tobytes())
        pictured = (model, states, how)
        if pictured == self._pictured:
            return
        self._pictured = pictured
        g = np.stack([key.point() for key in states])
        weights = [key.class_weights for key in states]
        y = None if weights[0] is None else np.stack([one for one in weights if one is not None])

        def make() -> Iterator[object]:
            from ganstudio.engine.latent.jobs import pictures

            yield np.concatenate([batch.pictures for batch in pictures(model, g, y, state=state)])

        def take(made: object) -> None:
            if self.keys.states == states and isinstance(made, np.ndarray):
                self.keys.show_pictures(list(as_images(model, made, self._explorer.palette)))

        self._explorer.submit(Lane.TILES, make, SLOT_KEYS, take)

    # -- showing ------------------------------------------------------------------------------------------------------

    def _show_plan(self) -> None:
        plan, keys = self.frames.plan, self.keys.states
        lengths = np.zeros(0) if plan is None or not keys else plan.lengths
        if plan is not None and keys and self.frames.path is not None and self.frames.path.closed:
            lengths = np.append(lengths, lengths[:1])
        self.timeline.set_walk(keys[0].dim if keys else 0, lengths, self.frames.key_positions())
        self._tell()

    def _show_frames(self) -> None:
        self.timeline.set_frames(self.frames.image_at if self.frames.count else None)
        self._show_frame(self.player.position)
        self._tell()

    def _show_frame(self, position: float) -> None:
        image = self.frames.image_at(position)
        words = "" if self.keys.states else "A walk needs key frames: add some, or drop places from the shelf below."
        self.frame.show_image(image, words)
        playing = self.player.playing
        self.timeline.set_position(position, playing=playing)
        if not playing or not self._since_told.isValid() or self._since_told.elapsed() >= TELL_MS:
            self._tell()

    def _tell(self) -> None:
        self._since_told.restart()
        there = self.frames.count > 0
        for part in (self.play_button, self.here_button, self.export_button):
            part.setEnabled(there)
        if not there:
            self.time_label.setText("")
            return
        at, whole = self.player.position * self.player.duration_s, self.player.duration_s
        text = f"{at:.1f} of {whole:.1f} s"
        done, count = self.frames.done, self.frames.count
        wanted = self.frames.settings.frames(self.frames.path) if self.frames.path is not None else count
        if done < count:
            text += f"   {done} of {count} frames made"
        elif count < wanted:
            text += f"   {count} of {wanted} frames kept"
        self.time_label.setToolTip(f"{count} frames are played; a film of it has {wanted}.")
        self.time_label.setText(text)

    def _show_icons(self, _playing: object = None) -> None:
        playing = self.player.playing
        self.play_button.setText("Pause" if playing else "Play")
        self.play_button.setIcon(icon("pause" if playing else "run", self._explorer.palette.on_accent))
        self.play_button.setToolTip("Pause (Space)" if playing else "Play (Space)")

    # -- the hand -----------------------------------------------------------------------------------------------------

    def _set_loop(self, loop: bool) -> None:
        self.player.loop = loop

    def _scrub(self, position: float) -> None:
        self.player.pause()
        self.player.seek(position)

    def _seek_key(self, index: int) -> None:
        positions = self.frames.key_positions()
        if index < len(positions):
            self._scrub(positions[index])

    def _go_here(self, position: float) -> None:
        state = self.frames.state_at(position)
        if state is not None:
            self._explorer.set_state(state)

    @override
    def event(self, event: QEvent) -> bool:
        # Space plays here, whatever it means elsewhere in the window.
        if event.type() == QEvent.Type.ShortcutOverride and cast(QKeyEvent, event).key() == Qt.Key.Key_Space:
            event.accept()
            return True
        return super().event(event)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self.player.toggle()
        else:
            super().keyPressEvent(event)


def _place(state: ViewState) -> ViewState:
    """Return a key frame's state: the place and its classes; sliders are settled, so that it stays what it is."""
    settled = state.settled()
    return dataclasses.replace(settled, map=type(state.map)(), seed=0, model="", step=None)
