"""Configuration of the documentation: ``sphinx-build -W docs docs/_build/html``."""

import skdigits

project = "skdigits"
author = "The skdigits developers"
release = version = skdigits.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build", "**/GALLERY_HEADER.rst"]
default_role = "literal"

# Inherited docstrings refer to pages of scikit-learn's documentation.
suppress_warnings = ["ref.ref"]

autosummary_generate = True
numpydoc_show_class_members = False

html_theme = "pydata_sphinx_theme"
html_theme_options = {"show_prev_next": False}

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "filename_pattern": "/plot_",
    "show_memory": False,
}
