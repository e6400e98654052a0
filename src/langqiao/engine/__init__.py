"""The engine knows values only: every rule of law, of finance and of grading as pure functions; no clock, dice, file, network or database."""
