"""Parts of the page that only some models have."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def show_if(widget: QWidget, wanted: bool) -> None:
    """Show or hide a part; one that has no parent yet will be shown with it, instead of becoming a window."""
    if wanted and widget.parentWidget() is None and not widget.isVisible():
        widget.setAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide, False)
    else:
        widget.setVisible(wanted)


def percent(share: float) -> str:
    """Return a share from 0 to 1 in words."""
    return f"{100 * share:.0f} %"
