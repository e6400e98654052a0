"""Insurance on patents: tariffs, premiums, earning, cover, claims, experience; pure functions without a clock."""
