"""Fuzz test of reading and framing image files.

Files of every format that `read_image` reads are mutated, read and framed, and numbers
are read in them. Each case must end in a framed digit and a reading, or an error of
skdigits, within a second of processor time and a gibibyte of additional memory. The
cases run in separate processes, so that a crash is counted too.

    python benchmarks/fuzz_reading.py --cases 10000
"""

import argparse
import collections
import functools
import io
import json
import resource
import signal
import struct
import subprocess
import sys
import time
import warnings
import zlib
from pathlib import Path

import numpy as np
from _harness import console, print_machine, print_table
from PIL import Image

from skdigits import DigitPreprocessor, load_pretrained, read_image
from skdigits.datasets import load_digits28
from skdigits.exceptions import (
    NoDigitFoundWarning,
    SeveralDigitsWarning,
    UnreadableImageError,
)

MAX_SECONDS = 1
MAX_BYTES = 2**30
# Seconds of processor time after which a case counts as hanging and its process is
# stopped. A busy machine does not use them up.
PATIENCE = 30
CASES_PER_PROCESS = 500


def make_files():
    """Return undamaged image files by name: every format and its variants."""
    rng = np.random.default_rng(0)
    digit = load_digits28().images[7].astype(np.uint8)
    gray = Image.fromarray(255 - digit).resize((90, 120), Image.Resampling.BICUBIC)
    noise = rng.integers(-20, 21, (120, 90, 3))
    noisy = np.clip(np.asarray(gray)[:, :, None] * 0.8 + noise, 0, 255)
    rgb = Image.fromarray(noisy.astype(np.uint8))
    rgba = rgb.copy()
    rgba.putalpha(gray.point(lambda level: 255 - level))
    deep = Image.fromarray(np.asarray(gray).astype(np.uint16) * 257)
    real = Image.fromarray(np.asarray(gray).astype(np.float32) / 255)
    bits, palette = gray.convert("1"), rgb.quantize(40)
    exif = Image.Exif()
    exif[0x0112] = 6
    files = {"png interlaced": interlace_png(np.asarray(gray))}
    for name, image, options in [
        ("png grey", gray, {}),
        ("png tiny", gray.resize((28, 28)), {}),
        ("png rgb", rgb, {}),
        ("png rgba", rgba, {}),
        ("png grey alpha", rgba.convert("LA"), {}),
        ("png palette", palette, {}),
        ("png palette transparent", palette, {"transparency": bytes(range(40))}),
        ("png 1 bit", bits, {}),
        ("png 16 bit", deep, {}),
        ("jpeg grey", gray, {}),
        ("jpeg rgb", rgb, {"quality": 80}),
        ("jpeg progressive", rgb, {"progressive": True}),
        ("jpeg cmyk", rgb.convert("CMYK"), {}),
        ("jpeg rotated", rgb, {"exif": exif}),
        ("gif", palette, {}),
        ("gif transparent", palette, {"transparency": 0}),
        ("gif frames", palette, {"save_all": True, "append_images": [palette]}),
        ("bmp 1 bit", bits, {}),
        ("bmp palette", palette, {}),
        ("bmp rgb", rgb, {}),
        ("bmp rgba", rgba, {}),
        ("tiff grey", gray, {}),
        ("tiff rgb", rgb, {"compression": "tiff_lzw"}),
        ("tiff rgba", rgba, {"compression": "tiff_adobe_deflate"}),
        ("tiff fax", bits, {"compression": "group4"}),
        ("tiff packbits", palette, {"compression": "packbits"}),
        ("tiff jpeg", rgb, {"compression": "jpeg"}),
        ("tiff cmyk", rgb.convert("CMYK"), {}),
        ("tiff 16 bit", deep, {}),
        ("tiff float", real, {}),
        ("tiff 32 bit", deep.convert("I"), {}),
        ("webp", rgb, {}),
        ("webp lossless", rgb, {"lossless": True}),
        ("webp alpha", rgba, {}),
        ("webp frames", rgba, {"save_all": True, "append_images": [rgba]}),
    ]:
        buffer = io.BytesIO()
        image.save(buffer, name.split()[0], **options)
        files[name] = buffer.getvalue()
    return files


def interlace_png(gray):
    """Write a grey PNG interlaced by Adam7, which Pillow cannot write."""
    passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2)]
    passes += [(0, 1, 2, 2), (1, 0, 2, 1)]
    lines = b"".join(
        b"\0" + line.tobytes()
        for top, left, down, right in passes
        for line in gray[top::down, left::right]
    )
    header = struct.pack(">IIBBBBB", gray.shape[1], gray.shape[0], 8, 0, 0, 0, 1)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(lines)), (b"IEND", b"")]
    return repair_png(
        b"\x89PNG\r\n\x1a\n"
        + b"".join(
            struct.pack(">I", len(content)) + name + content + bytes(4)
            for name, content in chunks
        )
    )


def repair_png(data):
    """Correct the checksums of a PNG, so that its decoder continues."""
    data, start = bytearray(data), 8
    while start + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, start)
        end = start + 8 + length
        if end + 4 > len(data):
            break
        struct.pack_into(">I", data, end, zlib.crc32(data[start + 4 : end]))
        start = end + 4
    return bytes(data)


# Each mutation takes the bytes of a file, those of all files and a generator.


def flip_bits(data, files, rng):
    """Flip up to 16 bits."""
    data = bytearray(data)
    for place in rng.integers(0, len(data), rng.integers(1, 17)):
        data[place] ^= 1 << rng.integers(0, 8)
    return bytes(data)


def scribble(data, files, rng):
    """Overwrite a slice with up to 64 random bytes."""
    start, length = rng.integers(0, len(data)), rng.integers(1, 65)
    return data[:start] + rng.bytes(length) + data[start + length :]


def truncate(data, files, rng):
    """Cut the file off."""
    return data[: rng.integers(0, len(data))]


def splice(data, files, rng):
    """Append the rest of another file."""
    other = files[rng.integers(0, len(files))]
    return data[: rng.integers(0, len(data))] + other[rng.integers(0, len(other)) :]


def drop_or_repeat(data, files, rng):
    """Remove or repeat a slice."""
    start, stop = sorted(rng.integers(0, len(data), 2))
    return data[:stop] + data[start:] if rng.random() < 0.5 else (
        data[:start] + data[stop:]
    )  # fmt: skip


def edit_header(data, files, rng):
    """Set up to 4 of the first 64 bytes to values at the ends of ranges."""
    data = bytearray(data)
    for place in rng.integers(0, min(64, len(data)), rng.integers(1, 5)):
        data[place] = rng.choice([0, 1, 2, 8, 16, 32, 127, 128, 254, 255])
    return bytes(data)


def edit_dimensions(data, files, rng):
    """Replace a number that may be the width or height."""
    old = struct.pack(rng.choice(["<H", ">H"]), rng.choice([90, 120]))
    new = struct.pack("<H", rng.choice([0, 1, 7, 89, 121, 4000, 8000, 32767, 65535]))
    places = [i for i in range(len(data) - 1) if data[i : i + 2] == old]
    if not places:
        return edit_header(data, files, rng)
    place = places[rng.integers(0, min(len(places), 3))]
    return data[:place] + new[:: rng.choice([1, -1])] + data[place + 2 :]


MUTATIONS = [
    flip_bits,
    scribble,
    truncate,
    splice,
    drop_or_repeat,
    edit_header,
    edit_dimensions,
]

_whole_files = functools.cache(make_files)


def make_case(number):
    """Return name and bytes of a case, determined by its number."""
    rng = np.random.default_rng([20, number])
    files = _whole_files()
    name = list(files)[number % len(files)]
    data, steps = files[name], []
    for _ in range(1 + (rng.random() < 0.3)):
        mutation = MUTATIONS[rng.integers(0, len(MUTATIONS))]
        data = mutation(data, list(files.values()), rng) or b"\0"
        steps.append(mutation.__name__)
    if name.startswith("png") and rng.random() < 0.7:
        data = repair_png(data)
    return f"{name}: {', '.join(steps)}", data


_load_reader = functools.cache(load_pretrained)


def run_case(data):
    """Read a file, frame it and read numbers; return "framed" or "refused".

    Anything else, warnings included, is raised.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", NoDigitFoundWarning)
        warnings.simplefilter("ignore", SeveralDigitsWarning)
        try:
            image = read_image(data)
        except UnreadableImageError as err:
            if isinstance(err.__cause__, MemoryError):
                raise
            return "refused"
        try:
            framed = DigitPreprocessor().transform([image])
        except ValueError as err:  # pixels of a damaged file may be NaN
            if "must hold finite pixels" not in str(err):
                raise
            return "refused"
        [readings] = _load_reader("numbers").predict_readings([image], multiple=True)
    height, width = image.shape[:2]
    for reading in readings:
        assert reading.text == "".join(digit.label for digit in reading.digits)
        assert 0 <= reading.probability <= 1, reading.probability
        for left, top, right, bottom in (digit.box for digit in reading.digits):
            assert 0 <= left < right <= width, (left, right, width)
            assert 0 <= top < bottom <= height, (top, bottom, height)
    assert framed.shape == (1, 784), framed.shape
    assert framed.min() >= 0, framed.min()
    assert framed.max() in (0, 255), framed.max()
    return "framed"


def run_cases(start, stop):
    """Run cases in this process and print each as a line of JSON."""
    run_case(make_files()["png grey"])  # imports what is imported late
    held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + MAX_BYTES, held + MAX_BYTES))
    for number in range(start, stop):
        name, data = make_case(number)
        print(json.dumps({"number": number, "name": name}), flush=True)
        signal.setitimer(signal.ITIMER_PROF, PATIENCE)
        begin = time.process_time()
        try:
            outcome = run_case(data)
        except Exception as err:
            outcome = f"{type(err).__name__}: {err}"
        seconds = time.process_time() - begin
        signal.setitimer(signal.ITIMER_PROF, 0)
        print(json.dumps({"outcome": outcome, "seconds": seconds}), flush=True)


def run_in_process(start, stop):
    """Run cases in another process, and again behind each that ended it.

    Yields
    ------
    case : dict
        Of each case its number, name, outcome and seconds.
    """
    while start < stop:
        command = [sys.executable, __file__, "--run", str(start), str(stop)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        for begin, end in zip(lines[::2], lines[1::2], strict=False):
            yield begin | end
        if len(lines) % 2:  # the process ended within a case
            outcome = f"ended with {done.returncode}: {done.stderr[-300:]}"
            yield lines[-1] | {"outcome": outcome, "seconds": np.nan}
        elif done.returncode:
            raise RuntimeError(done.stderr)
        start += (len(lines) + 1) // 2


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--run", type=int, nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.run:
        run_cases(*args.run)
        return
    print_machine("pillow", "scikit-image")
    outcomes, slowest, n_findings = collections.Counter(), [], 0
    for start in range(0, args.cases, CASES_PER_PROCESS):
        for case in run_in_process(start, min(start + CASES_PER_PROCESS, args.cases)):
            is_fine = case["outcome"] in ("framed", "refused")
            outcomes[case["outcome"] if is_fine else "wrong"] += 1
            slowest = sorted([*slowest, case["seconds"]])[-3:]
            if not is_fine or case["seconds"] > MAX_SECONDS:
                n_findings += 1
                console.print(case)
    print_table(
        f"{args.cases:,} damaged files",
        ["outcome", "cases"],
        [*sorted(outcomes.items()), ("findings", n_findings)],
        f"Slowest: {', '.join(f'{s:.2f}' for s in slowest)} s of processor time.",
    )
    sys.exit(n_findings > 0)


if __name__ == "__main__":
    main()
