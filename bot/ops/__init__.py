"""What the person who runs the bot needs: logs."""
