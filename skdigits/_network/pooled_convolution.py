"""The first convolution and the max-pooling after it, as one product of matrices.

A convolution of a single channel leaves a processor's vector units mostly idle, and the
gradient of max-pooling visits its whole, large output. Here the image is cut into
blocks of 2x2 pixels instead. Each output pixel sees a few of them, once for each of the
four places that it is the maximum of. Both together take less than half of the time.
"""

import functools

import numpy as np

from skdigits._network.backend import import_keras, import_tensorflow


@functools.cache
def pooled_convolution():
    """Make the class `PooledConvolution`, when Keras is first needed.

    It has the weights of `keras.layers.Conv2D` and, but for rounding, the outputs of
    that and a following `MaxPooling2D`. It takes images of one channel.
    """
    keras = import_keras()

    class PooledConvolution(keras.layers.Conv2D):
        def call(self, inputs):
            outputs = convolve_and_pool(inputs, self.kernel, self.padding)
            return outputs + self.bias if self.use_bias else outputs

        def compute_output_shape(self, input_shape):
            n, height, width, channels = super().compute_output_shape(input_shape)
            return n, height // 2, width // 2, channels

    return PooledConvolution


def convolve_and_pool(images, kernel, padding):
    """Convolve images and take the maximum of each 2x2 pixels.

    Parameters
    ----------
    images : tf.Tensor of shape (n, height, width, 1)
    kernel : tf.Tensor of shape (k_height, k_width, 1, n_filters)
    padding : {"same", "valid"}
        Whether the convolution keeps the size of the image or shrinks it. Its output
        has at least 2x2 pixels; an odd last row or column is left out.

    Returns
    -------
    tf.Tensor of shape (n, height of the output // 2, width // 2, n_filters)
    """
    tf = import_tensorflow()

    sides, n_filters = kernel.shape[:2], kernel.shape[3]
    before = [(side - 1) // 2 if padding == "same" else 0 for side in sides]
    after = [side // 2 if padding == "same" else 0 for side in sides]
    pooled = [
        (length + start + end - side + 1) // 2
        for length, start, end, side in zip(
            images.shape[1:3], before, after, sides, strict=True
        )
    ]
    seen = [side // 2 + 1 for side in sides]  # blocks for one output pixel
    needed = [2 * (n + k - 1) for n, k in zip(pooled, seen, strict=True)]
    # A kernel with an even side needs one pixel more, which meets no weight.
    margins = [(start, end + 1) for start, end in zip(before, after, strict=True)]
    images = tf.pad(images, [(0, 0), *margins, (0, 0)])[:, : needed[0], : needed[1]]
    blocks = tf.nn.space_to_depth(images, 2)
    patches = tf.concat(
        [
            blocks[:, row : row + pooled[0], column : column + pooled[1]]
            for row, column in np.ndindex(*seen)
        ],
        axis=3,
    )
    places = tf.constant(_places(*sides), dtype=kernel.dtype)
    kernels = places @ tf.reshape(kernel, (-1, n_filters))
    flat = tf.reshape(patches, (-1, patches.shape[3]))
    top_left, top_right, low_left, low_right = (flat @ k for k in tf.unstack(kernels))
    highest = tf.maximum(
        tf.maximum(top_left, top_right), tf.maximum(low_left, low_right)
    )
    return tf.reshape(highest, (-1, *pooled, n_filters))


@functools.cache
def _places(k_height, k_width):
    """Return where each weight of a kernel goes for each of four neighbouring places.

    Returns
    -------
    ndarray of shape (4, n_patch_pixels, k_height * k_width)
        Matrices of zeros and ones; the pixels are in the order of `space_to_depth`.
    """
    rows, columns = k_height // 2 + 1, k_width // 2 + 1
    places = np.zeros((2, 2, 2 * rows, 2 * columns, k_height, k_width), np.float32)
    for top, left, row, column in np.ndindex(2, 2, k_height, k_width):
        places[top, left, top + row, left + column, row, column] = 1
    places = places.reshape(4, rows, 2, columns, 2, -1).transpose(0, 1, 3, 2, 4, 5)
    return places.reshape(4, 4 * rows * columns, -1)
