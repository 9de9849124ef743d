"""The number format that a network is trained in."""

import functools
import os

from skdigits._network.backend import import_tensorflow

# The matrix extension, and the vector instructions for products of bfloat16 numbers.
_NATIVE_FLAGS = {"amx_bf16", "avx512_bf16"}


def resolve_precision(precision):
    """Choose the number format that the parameter `precision` asks for.

    Parameters
    ----------
    precision : {"float32", "bfloat16", "auto"}

    Returns
    -------
    {"float32", "bfloat16"}
        For "auto" bfloat16 where TensorFlow computes it natively. Elsewhere it is
        emulated and slower than float32.
    """
    if precision != "auto":
        return precision
    tf = import_tensorflow()
    gpus = tf.config.get_visible_devices("GPU")
    if gpus:  # TensorFlow places a network on the first one
        details = tf.config.experimental.get_device_details(gpus[0])
        is_native = gpu_computes_bfloat16(details)
    else:
        is_native = uses_onednn(os.environ) and cpu_computes_bfloat16(_read_cpuinfo())
    return "bfloat16" if is_native else "float32"


def gpu_computes_bfloat16(details):
    """Tell whether a GPU has units for bfloat16: NVIDIA's since Ampere.

    Parameters
    ----------
    details : dict
        As TensorFlow's ``get_device_details`` returns it.

    Returns
    -------
    bool
    """
    return details.get("compute_capability", (0, 0)) >= (8, 0)


def cpu_computes_bfloat16(cpuinfo):
    """Tell whether TensorFlow computes bfloat16 natively on a processor.

    It does so through oneDNN, and only on x86. Arm processors may have instructions
    for bfloat16, too, but TensorFlow does not use them: its `util.cc` hands
    bfloat16 to oneDNN only where there is AVX.

    Parameters
    ----------
    cpuinfo : str
        Content of Linux' `/proc/cpuinfo`.

    Returns
    -------
    bool

    Examples
    --------
    >>> cpu_computes_bfloat16("flags : fpu avx2 avx512f avx512_bf16")
    True
    >>> cpu_computes_bfloat16("flags : fpu avx2 avx512f")
    False
    """
    for line in cpuinfo.splitlines():
        name, _, flags = line.partition(":")
        if name.strip() == "flags":
            return not _NATIVE_FLAGS.isdisjoint(flags.split())
    return False


def uses_onednn(environment):
    """Tell whether TensorFlow uses oneDNN on a processor that computes bfloat16.

    Parameters
    ----------
    environment : mapping of str to str
        Environment variables when TensorFlow was started.

    Returns
    -------
    bool
    """
    setting = environment.get("TF_ENABLE_ONEDNN_OPTS", "")
    return setting.lower() not in ("0", "false")


@functools.cache
def _read_cpuinfo():
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:  # another system than Linux
        return ""
