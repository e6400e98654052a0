"""Users, organizations, memberships, and who may see what."""
