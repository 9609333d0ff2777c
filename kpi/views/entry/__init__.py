"""Pages on which reports are entered, handed in, taken back and amended."""
