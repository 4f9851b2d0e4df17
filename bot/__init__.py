"""What Showrunner decides and does. Cogs show it; storage remembers it."""
