"""Read IDX, the file format that MNIST comes in.

Two zero bytes, a type code, the number of dimensions, each dimension as a
big-endian 32-bit integer, then the values, big-endian, last dimension fastest.
"""

import gzip
import math
import os
import zlib
from pathlib import Path

import numpy as np
from sklearn.utils._param_validation import validate_params

from skdigits.exceptions import CorruptDataError

__all__ = ["load_idx", "read_idx"]

_DTYPES = {
    0x08: np.dtype("u1"),
    0x09: np.dtype("i1"),
    0x0B: np.dtype(">i2"),
    0x0C: np.dtype(">i4"),
    0x0D: np.dtype(">f4"),
    0x0E: np.dtype(">f8"),
}
_GZIP_MAGIC = b"\x1f\x8b"
_DEFLATE_MAX_RATIO = 1032  # no gzip stream unpacks to more than this times its size
_CHUNK_BYTES = 1 << 20


@validate_params({"path": [str, os.PathLike]}, prefer_skip_nested_validation=True)
def load_idx(path):
    """Load an IDX file, the format of MNIST, EMNIST, KMNIST and Fashion-MNIST.

    Parameters
    ----------
    path : str or path-like
        The file, plain or compressed with gzip, whatever its name; ``~`` is the home
        folder.

    Returns
    -------
    array : ndarray
        Values in the shape and type that the file declares, in native byte order,
        writable. EMNIST stores its images transposed: use
        ``array.transpose(0, 2, 1)``.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    CorruptDataError
        If the file is not an IDX file, is truncated, or is longer than declared.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from skdigits.datasets import load_idx
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "labels-idx1-ubyte")
    ...     _ = path.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1]))
    ...     load_idx(path)
    array([7, 2, 1], dtype=uint8)
    """
    return read_idx(path)


def read_idx(path, digest=None):
    """Load an IDX file and update a hashlib `digest` with its unpacked bytes."""
    path = Path(path).expanduser()
    try:
        file = path.open("rb")
    except FileNotFoundError as err:
        raise FileNotFoundError(
            f"There is no file {path}. Give the path of an IDX file such as "
            "train-images-idx3-ubyte.gz, or let `fetch_mnist` find or download MNIST."
        ) from err
    with file:
        most_bytes = os.fstat(file.fileno()).st_size
        is_gzip = file.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
        file.seek(0)
        if not is_gzip:
            return _read_stream(file, path, most_bytes, digest)
        try:
            with gzip.GzipFile(fileobj=file) as stream:
                most_bytes *= _DEFLATE_MAX_RATIO
                return _read_stream(stream, path, most_bytes, digest)
        except (EOFError, gzip.BadGzipFile, zlib.error) as err:
            raise CorruptDataError(
                f"{path} is a damaged gzip file ({err}). Download it again."
            ) from err


def _read_stream(stream, path, most_bytes, digest):
    dtype, shape, header = _read_header(stream, path)
    n_bytes = math.prod(shape) * dtype.itemsize
    declared = f"{path} declares shape {shape} of {dtype.name}, {n_bytes} bytes,"

    # A damaged header may declare exabytes, so check the size before allocating.
    if n_bytes > most_bytes:
        raise CorruptDataError(
            f"{declared} but holds at most {most_bytes}: it is truncated or not an IDX "
            "file. Download it again."
        )
    values = np.empty(math.prod(shape), dtype)
    n_read = _fill(values, stream, digest, header)
    if n_read < n_bytes:
        raise CorruptDataError(
            f"{declared} but ends after {n_read}: it is truncated. Download it again."
        )
    if stream.read(1):
        raise CorruptDataError(
            f"{declared} but continues after them: it is not an IDX file, or two in "
            "one. Download it again."
        )
    try:
        values = values.reshape(shape)
    except ValueError as err:
        raise CorruptDataError(
            f"{path} declares shape {shape}, which NumPy cannot hold: it is not an IDX "
            "file. Download it again."
        ) from err
    return values.astype(dtype.newbyteorder("="), copy=False)


def _read_header(stream, path):
    magic = stream.read(4)
    if len(magic) < 4 or magic[:2] != b"\0\0" or magic[2] not in _DTYPES:
        raise CorruptDataError(
            f"{path} is not an IDX file: it must start with the bytes 00 00, a type "
            f"code (08, 09, 0b, 0c, 0d or 0e) and the number of dimensions. Got "
            f"{magic.hex(' ') or 'an empty file'}; read pictures with `read_image`."
        )
    n_dims = magic[3]
    dims = stream.read(4 * n_dims)
    if len(dims) < 4 * n_dims:
        raise CorruptDataError(
            f"{path} is truncated: it declares {n_dims} dimensions and ends before "
            "the last of them. Download it again."
        )
    shape = tuple(np.frombuffer(dims, ">u4").tolist())
    return _DTYPES[magic[2]], shape, magic + dims


def _fill(values, stream, digest, header):
    """Read `values` in place, in chunks, and return the number of bytes read."""
    if digest is not None:
        digest.update(header)
    buffer = memoryview(values.view("u1"))
    n_read = 0
    while n_read < len(buffer):
        piece = buffer[n_read : n_read + _CHUNK_BYTES]
        n_new = stream.readinto(piece)
        if n_new == 0:
            break
        if digest is not None:
            digest.update(piece[:n_new])
        n_read += n_new
    return n_read
