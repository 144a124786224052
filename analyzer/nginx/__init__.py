"""nginx configs as a model."""
