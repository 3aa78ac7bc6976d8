"""What the window may import before torch is there."""

from __future__ import annotations

import subprocess
import sys

TORCH_FREE = (
    *("anchors", "arithmetic", "bookmarks", "class_grid", "embed", "export", "interpolation", "lattice", "noise"),
    *("picture", "renderer", "sphere", "square", "surface", "tiles", "undo", "view_state", "view_text", "walk"),
)


def test_the_records_the_geometry_and_the_files_import_neither_torch_nor_qt() -> None:
    names = "; ".join(f"import ganstudio.engine.latent.{name}" for name in TORCH_FREE)
    code = f"{names}; import sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "ganstudio" in loaded
    assert not loaded & {"torch", "PySide6", "PIL", "imageio_ffmpeg"}
