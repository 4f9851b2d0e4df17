"""Pictures that the video API reviews before a video may show them: a library of names, and the way through review."""
