"""Running royalties by period, and the income of inventors."""
