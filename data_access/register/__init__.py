"""The register: who may sign in, what they may see, and who looked at what. Never in the case tables' own file."""
