"""Every figure counted a second time, from the raw tables, by other means."""
