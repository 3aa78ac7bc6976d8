"""Measurements of a step, a frame and a start. Nothing but the ``bench`` command imports this."""
