"""The market's own rules: what a listing, a demand and a purchase window need, and the steps they take."""
