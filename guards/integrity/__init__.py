"""integrity: what is hidden in a text to steer a machine that reads it."""
