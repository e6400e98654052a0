"""What every rule stands on: money, allocation, dates, evidence, problems, refusals, workflows and the register of calculations."""
