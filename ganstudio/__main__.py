"""python -m ganstudio."""

from __future__ import annotations

import sys

if __name__ == "__main__":
    try:
        from ganstudio.cli import main
    except KeyboardInterrupt:  # already while it is read
        sys.exit(130)
    sys.exit(main())
