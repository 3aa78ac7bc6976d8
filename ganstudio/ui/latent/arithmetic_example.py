"""The DCGAN paper's experiment with this model: the wells are filled with exemplars that are found by measuring."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from ganstudio.engine.latent.exemplars import EXEMPLARS
from ganstudio.engine.latent.renderer import Lane
from ganstudio.ui.latent.analogy import LEAST_BANK, WHO, Analogy, Question, class_names, found, quality_choices, verdict
from ganstudio.ui.latent.arithmetic_bar import ArithmeticBar
from ganstudio.ui.latent.arithmetic_result import Result
from ganstudio.ui.numerals import thousands

if TYPE_CHECKING:
    from ganstudio.ui.latent.explorer import Explorer

# Of the shipped digits: all 27 results of three seeds are zeros, and as bold as asked. Of all 90 pairs 57 % are of the
# class that was added to.
WORKS = (7, 5, 0)
WIDTH_EM, STATUS_LINES = 32, 4
FIND_SLOT, VERDICT_SLOT = "exemplars", "verdict"
EXPLAINED = (
    "Radford et al. (2016, section 6.3.2) showed that latents of a GAN obey a kind of arithmetic: the mean latent of "
    "three smiling women, minus that of three neutral women, plus that of three neutral men, gave smiling men. Single "
    "latents were unstable; means of three worked.\n\n"
    "Here the same is done with what this model can draw. A and B differ in one quality and share a class, C has the "
    "other class: if the difference A − B means the quality and nothing else, it can be added to C. With many pairs it "
    "does not: what comes out is measured and said."
)


class ArithmeticExample(QDialog):
    """Chooses what is carried over and from which class to which, and fills the wells of the bar.

    What comes out is measured, and said beside the result, for as long as the wells hold the exemplars.
    """

    def __init__(self, explorer: Explorer, bar: ArithmeticBar, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._explorer, self._bar = explorer, bar
        self._analogy: Analogy | None = None
        self._filling = False
        self.what, self.first, self.second, self.third = (QComboBox() for _ in range(4))
        self.equation, self.status = QLabel(), QLabel()
        self.fill_button, self.close_button = QPushButton("Fill the wells"), QPushButton("Close")
        self.setWindowTitle("An analogy")
        self._lay_out()
        self._connect()
        self._show_model()

    def _lay_out(self) -> None:
        self._explained = QLabel(EXPLAINED)
        self._explained.setWordWrap(True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        self._labels = [QLabel(words) for words in ("Carried over", "From", "Minus", "To")]
        for row, (label, choice) in enumerate(
            zip(self._labels, (self.what, self.first, self.second, self.third), strict=True)
        ):
            label.setProperty("muted", True)
            label.setBuddy(choice)
            choice.setAccessibleName(label.text())
            grid.addWidget(label, row, 0)
            grid.addWidget(choice, row, 1)
        grid.setColumnStretch(2, 1)
        bold = QFont()
        bold.setWeight(QFont.Weight.DemiBold)
        self.equation.setFont(bold)
        for label in (self.equation, self.status):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.status.setWordWrap(True)
        self.status.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.status.setProperty("muted", True)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.close_button)
        buttons.addWidget(self.fill_button)
        self.fill_button.setDefault(True)
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addWidget(self._explained)
        column.addLayout(grid)
        column.addWidget(self.equation)
        column.addWidget(self.status)
        column.addStretch(1)
        column.addLayout(buttons)
        self.fill_button.setFont(bold)  # as the style sheet has it of a default button, which leaves no room for it
        self.close_button.setAutoDefault(False)
        column.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        self._make_room()

    def _make_room(self) -> None:
        """Fix the width, and the heights that follow from it: a window does not ask wrapped text for its height."""
        width, line = WIDTH_EM * self.fontMetrics().height(), self.fontMetrics().lineSpacing()
        for label in (self._explained, self.equation, self.status):
            label.setFixedWidth(width)
        self._explained.setFixedHeight(self._explained.heightForWidth(width))
        self.equation.setFixedHeight(round(1.2 * line))
        self.status.setFixedHeight(STATUS_LINES * line)

    def _connect(self) -> None:
        explorer = self._explorer
        explorer.model_changed.connect(self._show_model)
        explorer.bank_changed.connect(self._show_status)
        explorer.neighbours_changed.connect(self._show_model)
        self.what.activated.connect(self._show_question)
        for choice in (self.first, self.second, self.third):
            choice.activated.connect(self._show_question)
        self.fill_button.clicked.connect(self.fill)
        self.close_button.clicked.connect(self.close)
        self._bar.result_changed.connect(self._judge)
        for well in self._bar.wells:
            well.changed.connect(self._forget)

    # -- the question -------------------------------------------------------------------------------------------------

    def question(self) -> Question:
        """Return what is asked for."""
        qualities = () if self._explorer.model is None else quality_choices(self._explorer.model)
        name = self.what.currentData()
        quality = next((one for one in qualities if one.name == name), None)
        first, second, third = (max(0, choice.currentIndex()) for choice in (self.first, self.second, self.third))
        return Question(quality=quality, first=first, second=second, third=third)

    def _names(self) -> tuple[str, ...]:
        explorer = self._explorer
        if explorer.model is None or not explorer.model.is_image:
            return ()
        return class_names(explorer.model, explorer.nearest, explorer.references.class_names)

    def _show_model(self) -> None:
        model, names = self._explorer.model, self._names()
        if model is not None and model.is_image:
            wanted = [(f"{one.title}: {one.much} − {one.little}", one.name) for one in quality_choices(model)]
            if names and not model.classes:  # else a class is no matter of the latent
                wanted.append(("the class itself", ""))
            _offer(self.what, wanted)
        for choice, start in zip((self.first, self.second, self.third), WORKS, strict=True):
            _offer(choice, [(name, name) for name in names], start)
        self._show_question()

    def _show_question(self) -> None:
        question, names = self.question(), self._names()
        itself = question.quality is None
        for part in (self._labels[1], self.first, self._labels[3], self.third):
            part.setVisible(bool(names))
        for part in (self._labels[2], self.second):
            part.setVisible(itself and bool(names))
        self._labels[3].setText("Plus" if itself else "To")
        self.equation.setText(self._equation(question, names))
        self._show_status()

    def _equation(self, question: Question, names: tuple[str, ...]) -> str:
        def name(label: int) -> str:
            return names[label] if label < len(names) else ""

        quality = question.quality
        if quality is None:
            return f"{name(question.first)} − {name(question.second)} + {name(question.third)} = ?"
        first, third = f" {name(question.first)}".rstrip(), f" {name(question.third)}".rstrip()
        return f"{quality.much}{first} − {quality.little}{first} + {quality.little}{third} = {quality.much}{third}?"

    def _show_status(self) -> None:
        explorer, bank = self._explorer, self._explorer.bank
        ready = explorer.model is not None and explorer.model.is_image and bank is not None and bank.size >= LEAST_BANK
        self.fill_button.setEnabled(ready and not self._filling)
        if explorer.model is None or not explorer.model.is_image:
            self.status.setText("There is no model of images.")
        elif not ready or bank is None:
            size = 0 if bank is None else bank.size
            self.status.setText(f"Samples are being made: {size} of {LEAST_BANK}.")
        elif self._analogy is None:
            self.status.setText(
                f"{EXEMPLARS} exemplars of each kind are looked for among {thousands(bank.size)} samples."
            )

    # -- the answer ---------------------------------------------------------------------------------------------------

    def fill(self) -> None:
        """Look for exemplars and put them into the wells."""
        explorer, bank, question = self._explorer, self._explorer.bank, self.question()
        if bank is None:
            return
        names, index = self._names(), explorer.nearest
        self._filling, self._analogy = True, None
        self._show_status()
        make = lambda: found(bank, index, names, question)  # noqa: E731 - runs in the worker
        explorer.submit(Lane.BACKGROUND, make, FIND_SLOT, self._take, self._lack, self._end)

    def _take(self, analogy: object) -> None:
        made = cast(Analogy, analogy)
        self._analogy = made
        self._bar.fill(*made.marks(self._explorer.state))
        (a, b, c), quality, count = made.words(), made.question.quality, thousands(made.bank.size)
        how = "" if quality is None else f" {quality.title.capitalize()} is {quality.explained}."
        self.status.setText(f"A: {a}. B: {b}. C: {c}. {EXEMPLARS} each of {count} samples, {WHO[made.source]}.{how}")
        self._judge(self._bar.shown)

    def _lack(self, message: str, _details: str) -> None:
        self._filling = False
        self._show_status()
        self.status.setText(f"{message[:1].upper()}{message[1:]}.")

    def _end(self) -> None:
        self._filling = False
        self._show_status()

    def _forget(self) -> None:
        """Say nothing of the result any more: the person changed a well."""
        if self._analogy is not None:
            self._analogy = None
            self._explorer.cancel(Lane.BACKGROUND, VERDICT_SLOT)
            self._bar.say("")
            self._show_status()

    def _judge(self, result: object) -> None:
        analogy = self._analogy
        if analogy is None or not isinstance(result, Result) or len(result.pictures) != 9:
            return
        pictures = result.pictures
        make = lambda: verdict(analogy, pictures)  # noqa: E731 - runs in the worker
        self._explorer.submit(Lane.BACKGROUND, make, VERDICT_SLOT, self._say)

    def _say(self, words: object) -> None:
        if self._analogy is not None:
            self._bar.say(
                str(words), "Measured on the nine pictures of the result; the wells' numbers on their exemplars"
            )

    @override
    def showEvent(self, event: QShowEvent) -> None:
        self._make_room()
        super().showEvent(event)
        self._explorer.want_bank()
        model = self._explorer.model
        if model is not None and not model.classes:
            self._explorer.want_neighbours()
        self._show_status()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._explorer.cancel(Lane.BACKGROUND, FIND_SLOT)
        self._filling = False


def _offer(choice: QComboBox, entries: list[tuple[str, str]], start: int = 0) -> None:
    """Fill a box with titles and values, if they are others; keep the present choice if it is among them."""
    if [(choice.itemText(row), choice.itemData(row)) for row in range(choice.count())] == entries:
        return
    kept = choice.currentData()
    choice.clear()
    for title, value in entries:
        choice.addItem(title, value)
    row = choice.findData(kept) if kept is not None else -1
    choice.setCurrentIndex(row if row >= 0 else min(start, len(entries) - 1))
