"""What Showrunner remembers. The only place with SQL; it decides nothing."""
