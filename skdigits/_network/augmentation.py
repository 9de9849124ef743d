"""Random distortions of training images, as vectorised operations in the graph."""

from dataclasses import dataclass

from skdigits._network.backend import import_tensorflow


@dataclass(frozen=True)
class Distortion:
    """Ranges of a random distortion; each is drawn uniformly for each image.

    Attributes
    ----------
    rotation : float
        Largest rotation, in degrees, to either side.
    shear : float
        Largest horizontal shift of one row against the next, as a share of a row.
    scale : float
        Largest relative change of width and of height, drawn separately.
    shift : float
        Largest shift along each axis, as a share of the image's side.
    thickness : float, default=0
        Largest change of the stroke width, as a share of one pixel on either side.
        Half of the images are not changed.
    blur : float, default=0
        Largest share of the mean of 3x3 pixels that is mixed in. Half of the images
        stay sharp.
    contrast : float, default=0
        Largest relative change of all pixels.
    noise : float, default=0
        Largest standard deviation of white noise, where the root mean square of the
        training pixels is 1. Half of the images get none.
    """

    rotation: float
    shear: float
    scale: float
    shift: float
    thickness: float = 0.0
    blur: float = 0.0
    contrast: float = 0.0
    noise: float = 0.0


DISTORTIONS = {
    "affine": Distortion(rotation=12.0, shear=0.15, scale=0.12, shift=0.07),
    "robust": Distortion(
        rotation=15.0,
        shear=0.2,
        scale=0.15,
        shift=0.07,
        thickness=0.8,
        blur=1.0,
        contrast=0.4,
        noise=0.45,
    ),
}


def distort(images, distortion, seed):
    """Distort each image with its own random draws.

    Parameters
    ----------
    images : tf.Tensor of shape (n, height, width, 1), float32
        The background is zero, also outside the frame.
    distortion : Distortion
    seed : tf.Tensor of shape (2,), int32
        Seed of the stateless draw.

    Returns
    -------
    tf.Tensor of shape (n, height, width, 1), float32
    """
    tf = import_tensorflow()

    draws = tf.random.stateless_uniform((11, tf.shape(images)[0]), seed, -1.0, 1.0)
    if distortion.thickness:
        step = distortion.thickness * draws[6] * tf.cast(draws[7] > 0, tf.float32)
        images = _thicken(images, _for_each_image(step))
    images = _warp(images, draws[:6], distortion)
    if distortion.blur:
        step = distortion.blur * tf.nn.relu(draws[8])
        smooth = _pool(tf.nn.avg_pool2d, images)
        images += _for_each_image(step) * (smooth - images)
    if distortion.contrast:
        images *= _for_each_image(1 + distortion.contrast * draws[9])
    if distortion.noise:
        level = distortion.noise * tf.nn.relu(draws[10])
        noise = tf.random.stateless_normal(tf.shape(images), tf.add(seed, (1, 0)))
        images += _for_each_image(level) * noise
    return images


def _for_each_image(values):
    return values[:, None, None, None]


def _thicken(images, step):
    """Move strokes towards their dilation or, where `step` < 0, their erosion."""
    tf = import_tensorflow()

    thick = _pool(tf.nn.max_pool2d, images)
    thin = -_pool(tf.nn.max_pool2d, -images)
    thicker = tf.nn.relu(step) * (thick - images)
    return images + thicker + tf.nn.relu(-step) * (thin - images)


def _pool(pool, images):
    """Pool 3x3 pixels with the images as channels, over which TensorFlow vectorises."""
    tf = import_tensorflow()

    swap = (3, 1, 2, 0)
    return tf.transpose(pool(tf.transpose(images, swap), 3, 1, "SAME"), swap)


def _warp(images, draws, distortion):
    """Apply its own affine map to each image."""
    tf = import_tensorflow()

    shape = tf.shape(images)
    height, width = shape[1], shape[2]
    angle = draws[0] * (distortion.rotation * 3.141592653589793 / 180)
    shear = draws[1] * distortion.shear
    scale_x = 1 + draws[2] * distortion.scale
    scale_y = 1 + draws[3] * distortion.scale
    cos, sin = tf.cos(angle), tf.sin(angle)
    # Rows of the map from output to input pixels: rotation @ shear @ scale ...
    xx, xy = cos * scale_x, (cos * shear - sin) * scale_y
    yx, yy = sin * scale_x, (sin * shear + cos) * scale_y
    # ... which keeps the centre of the frame in place, except for the random shift.
    center_x = tf.cast(width - 1, tf.float32) / 2
    center_y = tf.cast(height - 1, tf.float32) / 2
    shift_x = draws[4] * distortion.shift * tf.cast(width, tf.float32)
    shift_y = draws[5] * distortion.shift * tf.cast(height, tf.float32)
    x0 = center_x + shift_x - xx * center_x - xy * center_y
    y0 = center_y + shift_y - yx * center_x - yy * center_y
    zeros = tf.zeros_like(angle)
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=tf.stack([xx, xy, x0, yx, yy, y0, zeros, zeros], axis=1),
        output_shape=shape[1:3],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="CONSTANT",
    )
