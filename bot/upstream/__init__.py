"""The video API, seen from our side: its rules, its calls, its answers and its files."""
