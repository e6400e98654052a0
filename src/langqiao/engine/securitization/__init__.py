"""Securitization of patent claims: terms, eligibility, the payment date, triggers, scenarios, allocation, and the tables of steps."""
