"""Everything that would still make sense without a window; never imports Qt."""
