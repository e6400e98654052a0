"""Being told: notices on the site, by mail, by signed webhook."""
