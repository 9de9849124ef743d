"""Unpack files of UNIX ``compress`` (.Z).

Two bytes 1f 9d, a byte of flags (the largest width of a code, and whether code 256
clears the table), then codes of 9 and more bits, lowest bit first, each of which stands
for a string: https://en.wikipedia.org/wiki/Compress_(software).
"""

__all__ = ["LZW_MAGIC", "unpack_lzw"]

LZW_MAGIC = b"\x1f\x9d"

_MAX_WIDTH_MASK = 0x1F
_CLEAR_FLAG = 0x80
_CLEAR = 256
_FIRST_WIDTH, _LAST_WIDTH = 9, 16


def unpack_lzw(packed):
    """Return the unpacked bytes of a .Z file.

    Parameters
    ----------
    packed : bytes

    Returns
    -------
    bytes
        Those of a truncated file just end early: the format has no length.

    Raises
    ------
    ValueError
        If the bytes are not in this format.
    """
    max_width = packed[2] & _MAX_WIDTH_MASK if len(packed) > 2 else 0
    if packed[:2] != LZW_MAGIC or not _FIRST_WIDTH <= max_width <= _LAST_WIDTH:
        raise ValueError("it does not start like a .Z file")
    clears = bool(packed[2] & _CLEAR_FLAG)
    strings = [bytes([byte]) for byte in range(256)] + [b""] * clears
    n_first = len(strings)

    unpacked = []
    previous = b""
    width = _FIRST_WIDTH
    start = position = 24  # in bits; codes of one width begin at `start`
    while position + width <= 8 * len(packed):
        code = _read_code(packed, position, width)
        position += width
        if clears and code == _CLEAR:
            del strings[n_first:]
            previous = b""
            start = position = _next_group(start, position, width)
            width = _FIRST_WIDTH
            continue
        if code > len(strings) or (code == len(strings) and not previous):
            raise ValueError(f"code {code} has no string")
        if previous and len(strings) < 1 << max_width:
            # A code may stand for the very string that is being added.
            known = strings[code] if code < len(strings) else previous
            strings.append(previous + known[:1])
        previous = strings[code]
        unpacked.append(previous)
        if len(strings) == 1 << width and width < max_width:
            start = position = _next_group(start, position, width)
            width += 1
    return b"".join(unpacked)


def _read_code(packed, position, width):
    first = position // 8
    window = int.from_bytes(packed[first : first + 4], "little")
    return window >> position % 8 & (1 << width) - 1


def _next_group(start, position, width):
    """Return where codes of another width begin: codes are written in groups of 8."""
    group = 8 * width
    return start + -(-(position - start) // group) * group
