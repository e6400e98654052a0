"""The one operational record of a patent: claims of ownership, shares, burdens, corrections."""
