"""Training data of the pretrained model "digits": generated and distorted digits."""
