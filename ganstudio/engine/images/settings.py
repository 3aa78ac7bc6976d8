"""What becomes of pictures of any size and colour on their way into a set."""

from __future__ import annotations

from dataclasses import asdict, dataclass

SIZES = (16, 28, 32, 64)
FITS = ("crop", "pad", "stretch")
COLORS = ("as_is", "grey", "rgb")


@dataclass(frozen=True, kw_only=True, slots=True)
class ScanSettings:
    """How pictures are brought to one shape.

    Parameters
    ----------
    size
        Height and width in pixels, one of :data:`SIZES`.
    fit
        ``crop``: the largest square in the middle; ``pad``: shrunk to fit if larger, never enlarged, the rest filled
        with the colour of the border; ``stretch``: both sides brought to the size, whatever the proportions.
    color
        ``grey`` (ITU-R 601 luma), ``rgb``, or ``as_is``: grey where every picture is.
    """

    size: int = 32
    fit: str = "crop"
    color: str = "as_is"

    def __post_init__(self) -> None:
        for name, allowed in (("size", SIZES), ("fit", FITS), ("color", COLORS)):
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name}: {getattr(self, name)!r}; one of {', '.join(map(str, allowed))} is needed")

    def key(self) -> dict[str, object]:
        """Return the settings as plain values, for the key of what is kept."""
        return asdict(self)
