"""The pages of a council's secretary, and the dissolution by decree."""
