"""The latent explorer without a window: places, surfaces, paths, directions, rendering and files.

All of its mathematics runs on *canonical coordinates* g ~ N(0, I); :mod:`~ganstudio.engine.latent.coordinates` maps
them to the z of a model's prior right before G. What keeps N(0, I) then keeps every prior.

The records and the geometry (``view_state``, ``noise``, the surfaces, ``walk``, ``tiles``, ``renderer``, ``picture``)
are numpy and import no torch; whatever touches a net (``models``, ``directions``, ``inversion`` …) does.
"""
