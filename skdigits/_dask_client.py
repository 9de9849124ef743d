"""A client of Dask under which searches survive the loss of workers."""


def dask_client(address=None, **options):
    """Connect to a Dask cluster so that a search survives the loss of workers.

    joblib sends the training images to one worker of a Dask cluster, outside of any
    task. If this worker is lost, so are they, and the search fails. The client that is
    returned sends them as the result of a task, which the scheduler runs again on
    another worker; options of `scatter`, such as `workers`, have no effect on it.
    Everything else is as with :class:`distributed.Client`.

    Parameters
    ----------
    address : str or distributed.deploy.Cluster, default=None
        Address of the scheduler, such as ``"tcp://scheduler:8786"``, or a cluster.
        None starts a cluster on this machine.
    **options
        Further arguments of :class:`distributed.Client`.

    Returns
    -------
    distributed.Client
        It is the default client, which ``joblib.parallel_config("dask")`` uses.

    Raises
    ------
    ModuleNotFoundError
        If Dask is not installed.

    Notes
    -----
    skdigits must be installed on all machines. The scheduler keeps the images in memory
    as long as the search lasts.

    Examples
    --------
    >>> import joblib
    >>> from skdigits import dask_client
    >>> client = dask_client("tcp://scheduler:8786")  # doctest: +SKIP
    >>> with joblib.parallel_config("dask"):  # doctest: +SKIP
    ...     search.fit(X, y)
    """
    return _client_class()(address, **options)


def _client_class():
    try:
        import dask
        from distributed import Client
    except ModuleNotFoundError as err:
        raise ModuleNotFoundError(
            f"dask_client needs Dask; {err.name} is not installed. Install it with "
            'pip install "skdigits[dask]".',
            name=err.name,
        ) from err

    class RecoverableClient(Client):
        """A client that sends lists and single objects as results of tasks."""

        def scatter(self, data, *args, asynchronous=None, **kwargs):
            if asynchronous:  # called by joblib in the event loop, with one object
                return self._scatter_one(data)
            if isinstance(data, dict | set | frozenset):
                return super().scatter(data, *args, **kwargs)
            many = isinstance(data, list | tuple)
            futures = [self._submit_data(each) for each in (data if many else [data])]
            return type(data)(futures) if many else futures[0]

        async def _scatter_one(self, data):
            return self._submit_data(data)

        def _submit_data(self, data):
            # Tasks that hold much data are warned of; here it is the purpose.
            threshold = {"distributed.admin.large-graph-warning-threshold": "1 TB"}
            with dask.config.set(threshold):
                return self.submit(_return, data, pure=False)

    return RecoverableClient


def _return(data):
    return data
