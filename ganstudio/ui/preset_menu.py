"""The gallery of presets that opens below a button."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QLineEdit, QScrollArea, QToolButton, QVBoxLayout, QWidget
from typing_extensions import override

from ganstudio.engine.presets import Preset
from ganstudio.ui import icons
from ganstudio.ui.palette import Palette
from ganstudio.ui.preset_card import WIDTH_EMS, PresetCard
from ganstudio.ui.preset_thumbnail import Thumbnails

MAX_COLUMNS = 3
GAP = 8  # between cards, and around them
SCREEN_SHARE = 0.86  # of the screen's height, where a gallery is long
STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class PresetMenu(QFrame):
    """Cards to choose a preset from, with a field to search them.

    Arrow keys go from card to card, Enter chooses, Esc closes; typing searches wherever the focus is.

    Signals
    -------
    chosen
        A :class:`~ganstudio.engine.presets.Preset` was chosen.
    open_requested
        A preset's file is to be opened.
    """

    chosen = Signal(object)
    open_requested = Signal()

    def __init__(self, presets: Sequence[Preset], palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("popup")
        self.setAccessibleName("Presets")
        self._palette = palette
        self.thumbnails = Thumbnails(self)
        self.cards: list[PresetCard] = []
        self._shown: list[PresetCard] = []
        self._columns = MAX_COLUMNS
        self.search = QLineEdit(placeholderText="Search presets")
        self.search.setAccessibleName("Search presets")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self._glass = self.search.addAction(
            icons.icon("search", palette.muted), QLineEdit.ActionPosition.LeadingPosition
        )
        self.open_row = QToolButton()
        self.open_row.setText("Open a preset file…")
        self.open_row.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.open_row.clicked.connect(self._open)
        self.open_row.installEventFilter(self)
        self._nothing = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._nothing.setProperty("muted", True)
        self._page = QWidget()
        self._grid = QGridLayout(self._page)
        self._grid.setContentsMargins(GAP, 0, GAP, GAP)
        self._grid.setSpacing(GAP)
        self._scroll = QScrollArea()
        self._footer = QFrame()
        self._lay_out()
        self.set_presets(presets)
        self.set_palette(palette)

    def _lay_out(self) -> None:
        for surface in (self._page, self._scroll):
            surface.setObjectName("panel")
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self._page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, GAP + 1, 1, 1)
        layout.setSpacing(0)
        top = QVBoxLayout()
        top.setContentsMargins(GAP, 0, GAP, GAP)
        top.addWidget(self.search)
        layout.addLayout(top)
        layout.addWidget(self._scroll, 1)
        self._footer.setObjectName("footer")
        bottom = QVBoxLayout(self._footer)
        bottom.setContentsMargins(GAP, 4, GAP, 4)
        bottom.addWidget(self.open_row, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self._footer)

    # -- what it shows ------------------------------------------------------------------------------------------------

    def set_presets(self, presets: Sequence[Preset]) -> None:
        """Show these presets, in this order."""
        for card in self.cards:
            card.hide()
            card.deleteLater()
        self.cards = [PresetCard(preset, self.thumbnails, self._palette, self._page) for preset in presets]
        for card in self.cards:
            card.clicked.connect(self._on_card_clicked)
            card.installEventFilter(self)
        self._filter()

    def set_current(self, name: str) -> None:
        """Mark the preset of this name as the one in use; no name marks none."""
        for card in self.cards:
            card.set_current(bool(name) and card.preset.name == name)

    def set_palette(self, palette: Palette) -> None:
        """Take other colours."""
        self._palette = palette
        self._glass.setIcon(icons.icon("search", palette.muted))
        self.open_row.setIcon(icons.icon("open", palette.text))
        side = round(1.15 * self.fontMetrics().height())
        self.open_row.setIconSize(QSize(side, side))
        for card in self.cards:
            card.set_palette(palette)

    def shown_cards(self) -> list[PresetCard]:
        """Return the cards that match the search, in order."""
        return list(self._shown)

    def show_for(self, button: QWidget) -> None:
        """Open below a button, as large as the cards need and the screen allows."""
        self.search.clear()
        self.ensurePolished()
        self.setGeometry(self._place(button))
        self.show()
        self._scroll.verticalScrollBar().setValue(0)
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    def _place(self, button: QWidget) -> QRect:
        screen = button.screen().availableGeometry()
        anchor = QRect(button.mapToGlobal(QPoint(0, 0)), button.size())
        size = self._wanted_size(screen.size())
        below, above = screen.bottom() - anchor.bottom() - 4, anchor.top() - screen.top() - 4
        if size.height() <= below or below >= min(above, screen.height() // 2):
            size.setHeight(min(size.height(), below))
            top = anchor.bottom() + 4
        else:
            size.setHeight(min(size.height(), above))
            top = anchor.top() - 3 - size.height()
        left = min(anchor.left(), screen.right() + 1 - size.width())
        return QRect(QPoint(max(left, screen.left()), top), size)

    def _wanted_size(self, room: QSize) -> QSize:
        """Return the size at which all cards are in sight, or as much of them as there is room for."""
        card = round(WIDTH_EMS * self.fontMetrics().height())
        bar = self._scroll.verticalScrollBar().sizeHint().width()
        frame = 2 * GAP + 2 + bar
        fitting = max(1, (room.width() - frame + GAP) // (card + GAP))
        self._columns = min(MAX_COLUMNS, fitting, max(1, len(self.cards)))
        self._arrange()
        width = frame + self._columns * (card + GAP) - GAP
        rows = -(-len(self.cards) // self._columns)
        high = self.cards[0].height_for(card) if self.cards else card // 2
        rest = self.search.sizeHint().height() + self._footer.sizeHint().height() + 2 * GAP + 2
        return QSize(width, min(rows * (high + GAP) + rest, round(SCREEN_SHARE * room.height())))

    def _filter(self) -> None:
        words = self.search.text().casefold().split()
        self._shown = [card for card in self.cards if card.matches(words)]
        for card in self.cards:
            card.setVisible(card in self._shown)
        wanted = self.search.text().strip()
        self._nothing.setText(f"No preset matches “{wanted}”" if wanted else "There are no presets")
        self._arrange()

    def _arrange(self) -> None:
        for widget in (*self.cards, self._nothing):
            self._grid.removeWidget(widget)
        for index, card in enumerate(self._shown):
            self._grid.addWidget(card, index // self._columns, index % self._columns, Qt.AlignmentFlag.AlignTop)
        self._nothing.setVisible(not self._shown)
        if not self._shown:
            self._grid.addWidget(self._nothing, 0, 0, 1, self._columns)
        for column in range(MAX_COLUMNS):
            self._grid.setColumnStretch(column, int(column < self._columns))
        for row in range(self._grid.rowCount()):
            self._grid.setRowStretch(row, 0)
        self._grid.setRowStretch(-(-len(self._shown) // self._columns), 1)

    # -- choosing -----------------------------------------------------------------------------------------------------

    def _on_card_clicked(self) -> None:
        card = self.sender()
        if isinstance(card, PresetCard):
            self.choose(card)

    def choose(self, card: PresetCard) -> None:
        """Choose a card's preset, if it can be used."""
        self.thumbnails.ask(card.preset)
        if not self.thumbnails.is_known(card.preset):
            self.thumbnails.finish()
        if not card.problem:
            self.close()
            self.chosen.emit(card.preset)

    def _open(self) -> None:
        self.close()
        self.open_requested.emit()

    # -- keys ---------------------------------------------------------------------------------------------------------

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and self._take_key(watched, event):
            return True
        return super().eventFilter(watched, event)

    def _take_key(self, where: QObject, event: QKeyEvent) -> bool:
        """Act on a key that was pressed in a part of the gallery; return whether that was all."""
        key = Qt.Key(event.key())
        enter = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if isinstance(where, PresetCard):
            if key in STEPS:
                self._step(where, *STEPS[key])
            elif enter:
                self.choose(where)
            elif event.text().isprintable() and event.text().strip():
                self.search.setFocus()
                self.search.insert(event.text())
            else:
                return False
            return True
        if where is self.search and (enter or key == Qt.Key.Key_Down):
            self._from_search(enter and bool(self.search.text().strip()))
            return True
        if where is self.open_row and key == Qt.Key.Key_Up and self._shown:
            self._focus(self._shown[-1])
            return True
        if where is self.open_row and enter:
            self._open()
            return True
        return False

    def _from_search(self, choose: bool) -> None:
        """Go to the first card that was found, or choose it."""
        usable = [card for card in self._shown if not card.problem]
        if choose and usable:
            self.choose(usable[0])
        elif self._shown:
            self._focus(self._shown[0])
        else:
            self.open_row.setFocus(Qt.FocusReason.TabFocusReason)

    def _step(self, card: PresetCard, down: int, right: int) -> None:
        """Go to the neighbour of a card; above the first row is the search field, below the last the row to open."""
        here = self._shown.index(card)
        there = here + down * self._columns + right
        last = len(self._shown) - 1
        if down and there > last and here // self._columns < last // self._columns:
            there = last  # the last row is short
        if 0 <= there <= last:
            self._focus(self._shown[there])
        elif there < 0 and down:
            self.search.setFocus(Qt.FocusReason.BacktabFocusReason)
        elif down:
            self.open_row.setFocus(Qt.FocusReason.TabFocusReason)

    def _focus(self, card: PresetCard) -> None:
        card.setFocus(Qt.FocusReason.TabFocusReason)
        self._scroll.ensureWidgetVisible(card, 0, GAP)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)
