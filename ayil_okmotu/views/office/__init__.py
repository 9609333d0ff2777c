"""The pages of those who keep the records of an executive body: its staff, and the ministry for heads."""
