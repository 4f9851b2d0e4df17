"""The life of a generation: asked for, submitted once, followed, downloaded, delivered, told."""
