"""`skdigits.datasets._lzw`: .Z files, written here as `compress` writes them."""

import shutil
import subprocess

import numpy as np
import pytest

from skdigits.datasets._lzw import unpack_lzw

CLEAR = 256


class Packer:
    """Writes the .Z format: codes in groups of 8, which changes of width fill up."""

    def __init__(self, max_width=16):
        self.max_width = max_width
        self.packed = bytearray([0x1F, 0x9D, 0x80 | max_width])
        self.codes = []
        self.clear()

    def clear(self):
        self.table = {bytes([byte]): byte for byte in range(256)}
        self.n_codes = 257
        self.width = 9

    def write(self, code):
        self.codes.append(code)
        if len(self.codes) == 8:
            self.fill_up()

    def fill_up(self):
        if self.codes:
            self.packed += self.group().to_bytes(self.width, "little")
            self.codes = []

    def group(self):
        return sum(code << self.width * i for i, code in enumerate(self.codes))

    def write_string(self, string):
        self.write(self.table[string])
        # The reader knows one string less than the writer.
        if self.n_codes == 1 << self.width and self.width < self.max_width:
            self.fill_up()
            self.width += 1

    def learn(self, string):
        if self.n_codes < 1 << self.max_width:
            self.table[string] = self.n_codes
            self.n_codes += 1

    def finish(self):
        n_bytes = -(-len(self.codes) * self.width // 8)
        return bytes(self.packed + self.group().to_bytes(n_bytes, "little"))


def pack_lzw(content, max_width=16, clear_at=None):
    """Pack as `compress` does; clear the table once after `clear_at` bytes."""
    packer = Packer(max_width)
    string = b""
    for number in range(len(content)):
        byte = content[number : number + 1]
        if number == clear_at:
            packer.write_string(string)
            packer.write(CLEAR)
            packer.fill_up()
            packer.clear()
            string = b""
        if string + byte in packer.table:
            string += byte
            continue
        packer.write_string(string)
        packer.learn(string + byte)
        string = byte
    if string:
        packer.write_string(string)
    return packer.finish()


def digits_text(n_bytes):
    """Text with long runs, like bitmaps of digits."""
    random = np.random.default_rng(0)
    lines = np.repeat(random.integers(0, 2, (n_bytes // 32, 8)), 4, axis=1)
    return "\n".join("".join(map(str, line)) for line in lines).encode()


CONTENTS = {
    "empty": b"",
    "one byte": b"7",
    "string that is being added": b"aaaaaaaaaaaaaaaa",
    "all bytes": bytes(range(256)) * 3,
    "bitmaps": digits_text(100_000),
    "noise": np.random.default_rng(1).bytes(30_000),
}


@pytest.mark.parametrize("name", CONTENTS)
@pytest.mark.parametrize("max_width", [9, 12, 16])
def test_packed_content_is_unpacked(name, max_width):
    packed = pack_lzw(CONTENTS[name], max_width)

    assert unpack_lzw(packed) == CONTENTS[name]


@pytest.mark.parametrize("clear_at", [1, 8, 1000, 20_000])
def test_table_is_cleared_where_the_file_says_so(clear_at):
    content = CONTENTS["noise"]

    assert unpack_lzw(pack_lzw(content, 12, clear_at)) == content


@pytest.mark.skipif(not shutil.which("gzip"), reason="needs gzip")
@pytest.mark.parametrize("name", CONTENTS)
@pytest.mark.parametrize(("max_width", "clear_at"), [(16, None), (12, 1), (12, 15)])
def test_gzip_unpacks_the_same(name, max_width, clear_at):
    packed = pack_lzw(CONTENTS[name], max_width, clear_at)

    done = subprocess.run(["gzip", "-dc"], input=packed, capture_output=True)

    assert done.stdout == unpack_lzw(packed) == CONTENTS[name]


def test_truncated_content_ends_early():
    packed = pack_lzw(CONTENTS["noise"])

    unpacked = unpack_lzw(packed[:1000])

    assert 100 < len(unpacked) < 1000
    assert CONTENTS["noise"].startswith(unpacked)


@pytest.mark.parametrize(
    "packed", [b"", b"\x1f\x9d", b"\x1f\x8b\x90abc", b"\x1f\x9d\x88", b"\x1f\x9d\x91"]
)
def test_other_formats_are_refused(packed):
    with pytest.raises(ValueError, match=r"does not start like a \.Z file"):
        unpack_lzw(packed)


@pytest.mark.parametrize("codes", [[300], [65, 258], [257, 257]])
def test_code_without_a_string_is_refused(codes):
    bits = sum(code << 9 * i for i, code in enumerate(codes))
    packed = b"\x1f\x9d\x90" + bits.to_bytes(4, "little")

    with pytest.raises(ValueError, match=rf"code {max(codes)} has no string"):
        unpack_lzw(packed)
