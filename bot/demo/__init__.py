"""``make demo``: the real bot and the sandbox inside a simulated Discord, for people without an account or a key."""
