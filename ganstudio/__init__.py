"""GAN Studio: train generative adversarial networks and watch them live."""

__version__ = "0.1.0"
