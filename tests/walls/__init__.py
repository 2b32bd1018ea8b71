"""Nobody sees what is not theirs: roles, forces and teams, in the data layer and in the database under it."""
