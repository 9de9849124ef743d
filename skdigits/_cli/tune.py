"""``skdigits tune``: search for the best parameters, and train with them."""

import contextlib
from importlib.util import find_spec

from joblib.externals.loky.process_executor import TerminatedWorkerError
from sklearn.model_selection import StratifiedKFold

from skdigits import make_digit_pipeline
from skdigits._cli.candidates import describe_params, print_ranking, write_csv
from skdigits._cli.console import CommandError, say, status
from skdigits._cli.data import load_split
from skdigits._cli.evaluate import save_and_report
from skdigits._cli.files import check_file, check_folder
from skdigits._cli.models import frame_for_training
from skdigits._cli.plots import write_ranking
from skdigits._cli.search_progress import search_progress
from skdigits._network.backend import import_keras
from skdigits._tuning.fits import on_cluster, run_jobs
from skdigits._tuning.record import Record, fingerprint
from skdigits._tuning.search import list_candidates, missing_jobs, plan_rungs, rank

_N_FOLDS = 3
_N_CANDIDATES = 12  # of a search that is not a grid


def run(args):
    """Search, train with the best parameters, and report on the model.

    Parameters
    ----------
    args : argparse.Namespace
        Arguments of the command.

    Returns
    -------
    int
        Exit status: 1 if the model had to be saved in another place.
    """
    if args.search == "grid" and args.n_iter is not None:
        raise CommandError(
            "--n-iter is the number of candidates of --search random or halving; a "
            "grid has as many as its values."
        )
    if args.scheduler and find_spec("distributed") is None:
        raise CommandError(
            "--scheduler needs Dask, which is not installed; install it with "
            'pip install "skdigits[dask]".'
        )
    check_file(args.output, "--output")
    if args.plots:
        check_folder(args.plots)
    with status("loading the data"):
        X_train, X_test, y_train, y_test = load_split(args.data, args.data_home)
    pipeline = make_digit_pipeline(epochs=args.epochs, random_state=args.seed)
    # Framing learns nothing, so it need not be repeated in each fold.
    X_train = frame_for_training(pipeline[0], X_train, args.data)

    record = _open_record(args, X_train, y_train)
    ranking = _search(args, record, X_train, y_train)
    print_ranking(ranking)

    best = ranking[0].params
    with status("training with the best parameters"):
        pipeline[-1].set_params(**best).fit(X_train, y_train)
    print(f"\nThe ranking is saved as {_beside(args.output, '.csv')}.")
    print(f"\nTrained on all {len(y_train)} digits with {describe_params(best)}:\n")
    return save_and_report(pipeline, X_test, y_test, args)


def _open_record(args, X, y):
    record = Record(
        _beside(args.output, ".jsonl"),
        {
            "data": args.data,
            "focus": args.focus,
            "sha256": fingerprint(X, y),
            "n_folds": _N_FOLDS,
            "seed": args.seed,
        },
    )
    if not record.path.exists():
        record.start()
    elif args.resume:
        try:
            record.resume()
        except ValueError as err:
            raise CommandError(str(err)) from err
    else:
        raise CommandError(
            f"{record.path} is the record of an earlier search. Go on with it with "
            "--resume, or name another --output."
        )
    return record


def _beside(model, suffix):
    """Return the path of another file about a model."""
    return model.with_name(model.name + suffix)


def _search(args, record, X, y):
    """Fit what the record lacks; write the ranking whatever ends the search."""
    splitter = StratifiedKFold(_N_FOLDS, shuffle=True, random_state=args.seed)
    folds = list(splitter.split(X, y))
    n_iter = args.n_iter or _N_CANDIDATES
    candidates = list_candidates(args.search, args.focus, n_iter, args.seed)
    cluster = on_cluster(args.scheduler) if args.scheduler else contextlib.nullcontext()
    if args.n_jobs == 1 and not args.scheduler:
        with status("loading TensorFlow"):
            import_keras()
    try:
        with cluster:
            for n_best, epochs in plan_rungs(args.search, len(candidates), args.epochs):
                candidates = candidates[:n_best]
                jobs = missing_jobs(candidates, epochs, _N_FOLDS, record.fits)
                n_jobs = None if args.scheduler else args.n_jobs
                _fit_all(jobs, X, y, folds, record, args.seed, n_jobs)
                candidates = _best_first(candidates, epochs, record)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(
            f"after {len(record.fits)} fits; go on with --resume"
        ) from None
    except TerminatedWorkerError as err:
        raise CommandError(
            f"A worker process was killed, perhaps for lack of memory: {err} "
            f"The {len(record.fits)} fits so far are kept; go on with --resume and "
            "fewer --n-jobs."
        ) from err
    finally:
        ranking = rank(record.fits.values(), _N_FOLDS)
        if ranking:
            write_csv(ranking, _beside(args.output, ".csv"))
            if args.plots:
                write_ranking(ranking, args.plots)
    return ranking


def _fit_all(jobs, X, y, folds, record, seed, n_jobs):
    with search_progress(len(jobs)) as (show, callback):
        results = run_jobs(
            jobs, X, y, folds, seed=seed, n_jobs=n_jobs, callback=callback
        )
        for fit in results:
            record.add(fit)
            if fit.error:
                say(f"warning: {describe_params(fit.job.params)}: {fit.error}")
            show(describe_params(fit.job.params), fit)


def _best_first(candidates, epochs, record):
    fits = [fit for fit in record.fits.values() if fit.job.epochs == epochs]
    ranked = [each.params for each in rank(fits, _N_FOLDS)]
    return [params for params in ranked if params in candidates]
