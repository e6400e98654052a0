"""One patent's indicators as pure formulas: the reference that every set-based computation is tested against."""
