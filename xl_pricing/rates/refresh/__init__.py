"""New prices: asked of the sources, believed or not, kept on disk."""
