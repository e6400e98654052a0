"""What may be done with a right, and why not: encumbrances, title and every operation as a rule of law."""
