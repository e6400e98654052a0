"""Loans on patents: schedules, collateral, expected loss, and the pools that share it."""
