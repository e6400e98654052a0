"""The endpoints of each room: what a request gives, what an answer tells, and the function between them."""
