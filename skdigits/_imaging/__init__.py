"""Pictures as arrays: grey levels, light, ink and MNIST framing."""
