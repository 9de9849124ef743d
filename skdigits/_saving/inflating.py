"""Unpack archives whose size in memory is bounded by that of their file."""

import io
import zipfile

import numpy as np

# Weights and pixels inflate to a few times their size in the file, zeros to a thousand
# times. Archives of up to a few arrays of zeros are no danger.
_MAX_RATIO = 100
_FREE_BYTES = 64 * 2**20


def inflate(content):
    """Rewrite an archive without compression, unless it is far larger than its file.

    Parameters
    ----------
    content : bytes
        A zip archive; its .npz parts are archives, too.

    Returns
    -------
    bytes

    Raises
    ------
    ValueError
        If the parts together are a hundred times as large as the file, or the header
        of an array asks for more bytes than follow it.
    zipfile.BadZipFile
        If it is no archive, or a part does not match its checksum.
    """
    return _Budget(_MAX_RATIO * len(content) + _FREE_BYTES).inflate(content)


class _Budget:
    """Bytes that the parts of an archive may still take."""

    def __init__(self, n_bytes):
        self.n_bytes = n_bytes

    def inflate(self, content):
        unpacked = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(content)) as archive,
            zipfile.ZipFile(unpacked, "w") as stored,
        ):
            for info in archive.infolist():
                part = self._read(archive, info)
                if info.filename.endswith(".npz"):
                    part = self.inflate(part)
                elif info.filename.endswith(".npy"):
                    _check_array(part, info.filename)
                stored.writestr(zipfile.ZipInfo(info.filename), part)
        return unpacked.getvalue()

    def _read(self, archive, info):
        """Read a part: at most as many bytes as its entry declares."""
        self.n_bytes -= info.file_size
        if self.n_bytes < 0:
            raise ValueError(
                f"its part {info.filename!r} inflates to {info.file_size:,} bytes, "
                "far more than such a file can hold"
            )
        # With a size, zipfile inflates no more than that, whatever the part holds.
        with archive.open(info) as part:
            return part.read(max(info.file_size, 1))


def _check_array(part, name):
    """Compare the header of an array with the bytes that follow it."""
    file = io.BytesIO(part)
    version = np.lib.format.read_magic(file)
    read_header = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }
    if version not in read_header:
        raise ValueError(f"its part {name!r} has the unknown version {version}")
    shape, _, dtype = read_header[version](file)
    n_bytes = dtype.itemsize
    for side in shape:
        n_bytes *= side
    if n_bytes != len(part) - file.tell():
        raise ValueError(
            f"its part {name!r} must hold {n_bytes:,} bytes for an array of shape "
            f"{shape} and dtype {dtype}; got {len(part) - file.tell():,}"
        )
