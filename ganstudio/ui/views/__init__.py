"""Passive widgets that show snapshots."""
