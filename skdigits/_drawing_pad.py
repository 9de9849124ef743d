"""The drawing page in a notebook, from which drawings come back to Python."""

import html

import numpy as np

from skdigits._draw import make_page, read_part


class DrawingPad:
    """The drawing page, shown in a notebook.

    With the extra ``widget`` installed, what is drawn comes back to Python: the
    attributes `image`, `label`, `probability` and `correction` follow the page. All are
    None while it shows no digit. Without the extra, the page is shown alone.

    Parameters
    ----------
    pipeline : sklearn.pipeline.Pipeline
        As `write_drawing_page` takes it.
    height : int, default=580
        Height of the page in the notebook, in pixels.

    Attributes
    ----------
    widget : anywidget.AnyWidget or None
        The widget with the traits `image`, `label`, `probability` and `correction`, to
        observe them or to lay it out beside others; None without `anywidget`.

    Raises
    ------
    ValueError, NotFittedError
        As `write_drawing_page` raises them.

    See Also
    --------
    write_drawing_page : Write the page into a file.

    Notes
    -----
    Of several digits on the pad, the attributes describe the one that the page shows in
    detail: the last one, or the one chosen there.

    Examples
    --------
    >>> from skdigits import DrawingPad, load_pretrained
    >>> pipeline = load_pretrained()
    >>> pad = DrawingPad(pipeline)
    >>> pad
    <DrawingPad: the last expression of a notebook cell shows it>

    After a digit was drawn and its label chosen on the page:

    >>> classifier = pipeline[-1]
    >>> X, y = [pad.image.ravel()], [pad.correction]  # doctest: +SKIP
    >>> classifier.partial_fit(X, y)  # doctest: +SKIP
    """

    def __init__(self, pipeline, *, height=580):
        self._page = make_page(pipeline)
        self._height = int(height)
        self.widget = _make_widget(self._page, self._height, pipeline)

    @property
    def image(self):
        """Pixels that the network sees, float32 from 0 to 255, (height, width)."""
        return self._trait("image")

    @property
    def label(self):
        """Label that was read, as in `classes_`."""
        return self._trait("label")

    @property
    def probability(self):
        """Probability of `label`, from 0 to 1."""
        return self._trait("probability")

    @property
    def correction(self):
        """Label that was chosen on the page, or None."""
        return self._trait("correction")

    def _trait(self, name):
        if self.widget is None:
            raise ModuleNotFoundError(
                f"DrawingPad.{name} needs anywidget. Install it with "
                'pip install "skdigits[widget]".',
                name="anywidget",
            )
        return getattr(self.widget, name)

    def __repr__(self):
        return "<DrawingPad: the last expression of a notebook cell shows it>"

    def _repr_mimebundle_(self, **options):
        if self.widget is not None:
            return self.widget._repr_mimebundle_(**options)
        return {"text/plain": repr(self), "text/html": self._frame()}

    def _frame(self):
        return (
            f'<iframe title="Draw a digit" srcdoc="{html.escape(self._page)}" '
            f'style="border: 0; height: {self._height}px; width: 100%"></iframe>'
        )


def _make_widget(page, height, pipeline):
    """Make the widget that shows the page, or None without anywidget."""
    try:
        import anywidget
        from traitlets import Any, Dict, Int, Unicode, observe
    except ModuleNotFoundError:
        return None
    preprocessor, classifier = pipeline
    labels = classifier.classes_.tolist()

    class PageWidget(anywidget.AnyWidget):
        """The drawing page; its public traits follow what the page shows."""

        _esm = read_part("widget.js")
        _page = Unicode(page).tag(sync=True)
        _height = Int(height).tag(sync=True)
        _reading = Dict().tag(sync=True)
        image = Any()
        label = Any()
        probability = Any()
        correction = Any()

        @observe("_reading")
        def _take_reading(self, change):
            reading = change.new
            names = (*labels, None)  # the page says -1 for no label
            pixels = reading["image"]
            with self.hold_trait_notifications():
                self.image = pixels and np.reshape(
                    np.float32(pixels), preprocessor.image_shape
                )
                self.label = names[reading["label"]]
                self.probability = reading["probability"]
                self.correction = names[reading["correction"]]

    return PageWidget()
