"""What every page shares: the frame, number formats, charts, the lake of the site, error pages."""
