"""An organization's own patents: uploads, grades, deadlines, keep or drop."""
