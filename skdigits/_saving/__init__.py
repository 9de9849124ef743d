"""Model files: what is written, and what a file may refer to, build or call."""
