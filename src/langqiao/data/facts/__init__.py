"""Facts on Chinese patents and their register events, written for Langqiao from public sources; README.md says from which."""
