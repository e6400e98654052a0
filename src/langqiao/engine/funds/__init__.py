"""Operation funds: calls, fees, waterfalls, returns, net asset value and the investment committee's vote."""
