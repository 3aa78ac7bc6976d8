"""The strip for what the program has to say: notices, warnings and errors."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QKeyEvent, QPalette, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QPushButton, QToolButton, QWidget
from typing_extensions import override

from ganstudio.ui import icons
from ganstudio.ui.clamped_text import ClampedText
from ganstudio.ui.details_dialog import DetailsDialog
from ganstudio.ui.palette import Palette

NOTICE_MS = 6000
MOST = 50  # messages kept; beyond them the oldest are forgotten
STRIPE = 4  # pixels of the severity's colour at the left edge
LISTED_LENGTH = 80  # letters of a message in the list of others

Action = tuple[str, Callable[[], object]]

# From least to most severe; what is more severe is shown before what is newer.
SEVERITIES = ("notice", "warning", "error")
TITLES = {"notice": "Notice", "warning": "Warning", "error": "Error"}
SIGNS = {"notice": "info", "warning": "warning", "error": "error"}


@dataclass(slots=True, eq=False)
class Message:
    """One thing to say; ``count`` is how often it was said."""

    severity: str
    text: str
    details: str = ""
    actions: Sequence[Action] = field(default=(), repr=False)
    count: int = 1


class MessageBar(QWidget):
    """Shows one message at a time and hides when there is none.

    A notice shows for a few seconds, over whatever stands. Warnings and errors stand until they are dismissed; the
    newest of the most severe is in sight, the others are a click away. An equal message is counted, not repeated.
    """

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._standing: list[Message] = []  # warnings and errors, oldest first
        self._notice: Message | None = None
        self._picked: Message | None = None
        self._stripe = QWidget()
        self._stripe.setFixedWidth(STRIPE)
        self._stripe.setAutoFillBackground(True)
        self.sign = QLabel()
        self.words = ClampedText(4)
        self.count = QLabel()
        self.count.setProperty("muted", True)
        self.details_button = QToolButton()
        self.more_button = QToolButton()
        self.more_menu = QMenu(self)
        self.dismiss_button = QToolButton()
        self.action_buttons: list[QPushButton] = []
        self._buttons = QHBoxLayout()
        self._clock = QTimer(self, singleShot=True, interval=NOTICE_MS)
        self._clock.timeout.connect(self._end_notice)
        self._lay_out()
        self._connect()
        self._refresh()

    def _lay_out(self) -> None:
        frame = QFrame()
        frame.setObjectName("message")
        row = QHBoxLayout(frame)
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(8)
        row.addWidget(self.sign)
        row.addWidget(self.words, 1)
        row.addWidget(self.count)
        self._buttons.setSpacing(4)
        row.addLayout(self._buttons)
        for button in (self.details_button, self.more_button, self.dismiss_button):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(button)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._stripe)
        layout.addWidget(frame, 1)

    def _connect(self) -> None:
        self.details_button.setText("Details")
        self.details_button.setProperty("link", True)
        self.details_button.setToolTip("What the program knows of this error, to read and to copy")
        self.details_button.clicked.connect(self._open_details)
        self.more_button.setProperty("link", True)
        self.more_button.setToolTip("Other messages that were not dismissed yet")
        self.more_button.setMenu(self.more_menu)
        self.more_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more_menu.aboutToShow.connect(self._list_others)
        self.dismiss_button.setToolTip("Dismiss (Esc)")
        self.dismiss_button.setAccessibleName("Dismiss the message")
        self.dismiss_button.clicked.connect(self.dismiss)

    # -- what is said -------------------------------------------------------------------------------------------------

    def show_notice(self, text: str) -> None:
        """Say something for a few seconds."""
        if self._notice is not None and self._notice.text == text:
            self._notice.count += 1
        else:
            self._notice = Message("notice", text)
        self._clock.start()
        self._refresh()

    def show_warning(self, text: str, actions: Sequence[Action] = ()) -> None:
        """Say what may be wrong, until it is dismissed; an action has a title and what it does."""
        self._add(Message("warning", text, actions=tuple(actions)))

    def show_error(self, text: str, details: str = "", actions: Sequence[Action] = ()) -> None:
        """Say what went wrong, until it is dismissed; ``details`` are for those who repair it."""
        self._end_notice()
        self._add(Message("error", text, details, tuple(actions)))

    def message(self) -> Message | None:
        """Return the message in sight, or None."""
        return self._notice or self._front()

    def others(self) -> list[Message]:
        """Return the messages that wait behind the one in sight, newest first."""
        return [message for message in reversed(self._standing) if message is not self.message()]

    def dismiss(self) -> bool:
        """Forget the message in sight; return whether there was one."""
        shown = self.message()
        if shown is None:
            return False
        if shown is self._notice:
            self._end_notice()
        else:
            self._standing.remove(shown)
            self._picked = None
            self._refresh()
        return True

    def clear(self) -> None:
        """Forget all messages."""
        self._standing.clear()
        self._notice = self._picked = None
        self._clock.stop()
        self._refresh()

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        self._refresh()

    def _add(self, message: Message) -> None:
        for known in self._standing:
            if (known.severity, known.text) == (message.severity, message.text):
                message.count = known.count + 1
                self._standing.remove(known)
                break
        self._standing.append(message)
        del self._standing[:-MOST]
        self._picked = None
        self._refresh()

    def _front(self) -> Message | None:
        if self._picked is not None:
            return self._picked
        # max takes the first of equals, so the newest comes first
        return max(reversed(self._standing), key=lambda one: SEVERITIES.index(one.severity), default=None)

    def _end_notice(self) -> None:
        self._clock.stop()
        self._notice = None
        self._refresh()

    # -- what is shown ------------------------------------------------------------------------------------------------

    def _refresh(self) -> None:
        shown = self.message()
        if shown is None:
            self.hide()
            return
        side = round(1.3 * self.fontMetrics().height())
        colors = self._stripe.palette()
        colors.setColor(QPalette.ColorRole.Window, QColor(self._color(shown.severity)))
        self._stripe.setPalette(colors)
        self.sign.setPixmap(icons.pixmap(SIGNS[shown.severity], self._color(shown.severity), side))
        self.sign.setAccessibleName(TITLES[shown.severity])
        self.words.set_text(shown.text)
        self.words.setToolTip(f"<p>{html.escape(shown.text)}</p>")
        self.setAccessibleName(f"{TITLES[shown.severity]}: {shown.text}")
        self.count.setText(f"×{shown.count}")
        self.count.setToolTip(f"Said {shown.count} times")
        self.count.setVisible(shown.count > 1)
        self.details_button.setVisible(bool(shown.details))
        others = len(self.others())
        self.more_button.setText(f"{others} more")
        self.more_button.setVisible(others > 0)
        self.dismiss_button.setIcon(icons.icon("close", self._palette.muted))
        self.dismiss_button.setIconSize(QSize(side, side) * 0.75)
        self._offer(shown)
        self.show()

    def _color(self, severity: str) -> str:
        colors = self._palette
        return {"notice": colors.accent, "warning": colors.warning, "error": colors.error}[severity]

    def _offer(self, message: Message) -> None:
        """Show a button for each of the message's actions."""
        for button in self.action_buttons:
            self._buttons.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.action_buttons = []
        for title, act in message.actions:
            button = QPushButton(title)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, act=act, message=message: self._act(message, act))
            self._buttons.addWidget(button)
            self.action_buttons.append(button)

    def _act(self, message: Message, act: Callable[[], object]) -> None:
        """Do what was offered; the message has been answered then."""
        if message in self._standing:
            self._standing.remove(message)
        self._picked = None
        self._refresh()
        act()

    def _list_others(self) -> None:
        self.more_menu.clear()
        for message in self.others():
            text = " ".join(message.text.split()).replace("&", "&&")
            text = text if len(text) <= LISTED_LENGTH else text[: LISTED_LENGTH - 1] + "…"
            entry = self.more_menu.addAction(icons.icon(SIGNS[message.severity], self._color(message.severity)), text)
            entry.triggered.connect(lambda _=False, message=message: self._pick(message))
        self.more_menu.addSeparator()
        self.more_menu.addAction("Dismiss all").triggered.connect(self.clear)

    def _pick(self, message: Message) -> None:
        if message in self._standing:
            self._picked = message
            self._end_notice()

    def _open_details(self) -> None:
        shown = self.message()
        if shown is not None:
            DetailsDialog(shown.text, shown.details, self.window()).open()

    # -- Esc ----------------------------------------------------------------------------------------------------------

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.window().installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Dismiss at Esc where nothing else in the window had a use for it: only then does the key reach the window."""
        pressed = event.type() == QEvent.Type.KeyPress and watched is self.window() and self.isVisible()
        if pressed and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            return self.dismiss()
        return super().eventFilter(watched, event)
