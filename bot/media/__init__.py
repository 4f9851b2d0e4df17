"""What attached files really are: fetched, looked at in a child process, and judged by the family's rules."""
