"""Jobs that outlive a page and timed duties, each a row of a table."""
