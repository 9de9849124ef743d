"""Random distortions of training images, as one vectorised operation in the graph."""

from dataclasses import dataclass

from skdigits._keras import import_keras


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
    """

    rotation: float
    shear: float
    scale: float
    shift: float


DISTORTIONS = {
    "affine": Distortion(rotation=12.0, shear=0.15, scale=0.12, shift=0.07),
}


def distort(images, distortion, seed):
    """Warp each image by an affine map of its own.

    Parameters
    ----------
    images : tf.Tensor of shape (n, height, width, 1), float32
        Paper is zero: what comes in from outside the frame is paper too.
    distortion : Distortion
    seed : tf.Tensor of shape (2,), int32
        Seed of the stateless draw.

    Returns
    -------
    tf.Tensor of shape (n, height, width, 1), float32
    """
    import_keras()
    import tensorflow as tf

    shape = tf.shape(images)
    n_images, height, width = shape[0], shape[1], shape[2]
    draws = tf.random.stateless_uniform((6, n_images), seed, -1.0, 1.0)
    angle = draws[0] * (distortion.rotation * 3.141592653589793 / 180)
    shear = draws[1] * distortion.shear
    scale_x = 1 + draws[2] * distortion.scale
    scale_y = 1 + draws[3] * distortion.scale
    cos, sin = tf.cos(angle), tf.sin(angle)
    # Rows of the map from output to input pixels: rotation @ shear @ scale ...
    xx, xy = cos * scale_x, (cos * shear - sin) * scale_y
    yx, yy = sin * scale_x, (sin * shear + cos) * scale_y
    # ... that keeps the centre of the frame in place but for the random shift.
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
