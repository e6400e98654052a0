"""The room of securitization: pools of patent claims, their tranches, issue, service and triggers."""
