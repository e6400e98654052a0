"""Generated reference pages: each module writes pages from one register of the product, so that no page can fall behind the code."""
