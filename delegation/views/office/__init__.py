"""The pages of those who keep delegated powers: a municipality's staff and the ministry."""
