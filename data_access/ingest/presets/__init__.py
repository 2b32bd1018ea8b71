"""Mappings that are shipped: one TOML file each, read by its name."""
