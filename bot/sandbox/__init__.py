"""A pretend video API: what the demo, the tests and people without a key run against.

It shares no code with the client it tests, so it imports nothing else of ``bot``. It must never fake success:
what the contract does not allow is refused by name.
"""
