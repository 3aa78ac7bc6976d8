"""The nets that the descriptions in :mod:`ganstudio.engine.models` build, and the layers that they share.

A package apart from the descriptions: these classes need torch to be imported, the descriptions do not.
"""
