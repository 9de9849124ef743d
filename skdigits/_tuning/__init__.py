"""The search of `skdigits tune`: candidates, fits and the record of both."""
