"""The window: splash first, heavy imports after, then the main window."""
