"""GAN Studio: train generative adversarial networks and watch them live."""

import os

__version__ = "0.1.0"

# Read when numpy and torch are loaded, so set before anything of this package can load them. Their idle threads must
# sleep, not spin, and numpy's matrix products must not share the cores with training: measured on two busy cores with a
# run going on, a frame of the ring of eight took 44 ms with two OpenBLAS threads and 16 ms with one.
for _name, _value in {
    "OMP_NUM_THREADS": "1",  # of any thread that draws a preview; a run's own number is set where it trains
    "OMP_WAIT_POLICY": "PASSIVE",
    "GOMP_SPINCOUNT": "0",
    "KMP_BLOCKTIME": "0",
    "OPENBLAS_NUM_THREADS": "1",
}.items():
    os.environ.setdefault(_name, _value)
