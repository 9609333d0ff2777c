"""The composed pages, one module each."""
