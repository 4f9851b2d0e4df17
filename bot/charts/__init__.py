"""Pictures of who used how much: plain facts in, PNG out, drawn in a child process."""
