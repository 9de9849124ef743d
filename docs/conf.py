"""Configuration of the documentation: ``sphinx-build -W docs docs/_build/html``."""

import sys
from pathlib import Path

# Lets sphinx-gallery look up the names in its example, whether that runs or not.
from sklearn.experimental import enable_halving_search_cv  # noqa: F401

import skdigits
from skdigits import load_pretrained, write_drawing_page

sys.path.insert(0, str(Path(__file__).parent))  # for gallery_order

project = "skdigits"
author = "The skdigits developers"
copyright = author
release = version = skdigits.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "myst_parser",
    "numpydoc",
    "sphinx_copybutton",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build", "**/GALLERY_HEADER.rst", "generated/backreferences"]
templates_path = ["_templates"]
default_role = "literal"

# Inherited docstrings refer to pages and the glossary of scikit-learn's documentation.
suppress_warnings = ["ref.ref", "ref.term"]

autosummary_generate = True
autodoc_member_order = "bysource"
toc_object_entries_show_parents = "hide"
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
copybutton_exclude = ".linenos, .gp, .go"

html_theme = "pydata_sphinx_theme"
html_title = "skdigits"
html_logo = html_favicon = "_static/logo.svg"
html_static_path = ["_static"]
html_css_files = ["custom.css"]
html_context = {"default_mode": "auto"}
html_show_sourcelink = False
html_sidebars = {
    name: [] for name in ("index", "faq", "comparison", "design", "whats_new")
}
html_theme_options = {
    "logo": {"text": "skdigits", "alt_text": "skdigits"},
    "header_links_before_dropdown": 6,
    "navbar_align": "left",
    "navbar_end": ["theme-switcher"],
    "secondary_sidebar_items": {"**": ["page-toc"], "index": []},
    "show_prev_next": False,
    "footer_start": ["copyright"],
    "footer_end": ["sphinx-version"],
}

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "auto_examples",
    "filename_pattern": "/plot_",
    "within_subsection_order": "gallery_order.Story",
    "minigallery_sort_order": "gallery_order.place",
    "remove_config_comments": True,
    "thumbnail_size": (640, 448),  # of one shape, for sharp and equal cards
    "backreferences_dir": "generated/backreferences",
    "doc_module": ("skdigits",),
    "show_memory": False,
    "show_signature": False,
    "write_computation_times": False,  # its page loads scripts from other sites
}


def setup(app):
    """Put the drawing page beside the landing page, which shows it."""
    app.connect("build-finished", write_landing_drawing)


def write_landing_drawing(app, exception):
    """Write the drawing page of the model that ships."""
    if exception is None and app.builder.format == "html":
        write_drawing_page(load_pretrained(), app.outdir / "draw.html")
