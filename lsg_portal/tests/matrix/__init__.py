"""Who may do what, address by address: the table, and the tests that hold every address to it."""
