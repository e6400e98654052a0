"""The calculation door on the site: a form, the result with its working, and Excel, for every registered calculation."""
