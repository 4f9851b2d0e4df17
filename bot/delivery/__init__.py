"""How people see a generation: the card, the video on it, and the word that it is done."""
