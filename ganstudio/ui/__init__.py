"""The window: reads snapshots and sends commands. The only place with PySide6."""
