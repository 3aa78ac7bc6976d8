"""Quality of generated images: how well they are made, how much of the data they cover, whether they repeat.

:class:`~ganstudio.engine.quality.panel.QualityPanel` measures everything that is defined for a set of images, and what
held-out real images read by the same estimators. :func:`~ganstudio.engine.quality.texts.texts` names every number and
says how it is estimated. This package imports no torch by itself; its modules do, but ``texts``.
"""
