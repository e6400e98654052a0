"""One shell for every operation: deal, party, step, room."""
