"""The web floor: people, what happened, and the money; it calls the engine for every decision."""
