"""Everything that would still make sense without a window; never imports Qt."""

import os

# OpenMP reads these when torch is loaded. Its idle threads must sleep, not spin: on busy cores spinning makes small
# nets several times slower.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GOMP_SPINCOUNT", "0")
os.environ.setdefault("KMP_BLOCKTIME", "0")
