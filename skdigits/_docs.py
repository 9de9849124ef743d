"""Where the documentation lives."""

#: Page of an estimator, as scikit-learn's HTML representation fills it in.
DOC_LINK_TEMPLATE = (
    "https://skdigits.readthedocs.io/en/stable/generated/"
    "{estimator_module}.{estimator_name}.html"
)
