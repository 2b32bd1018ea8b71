"""Our page as an app of the peers harness: ``from adapter import CASELIGHT``, then add it to that harness's list.

The harness gives ``App``. ``setup`` loads the harness's own database through ``mapping.toml``; a database that was
loaded before can be named in CASELIGHT_LOADED.
"""

import os
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FORCES = {"All": "", "Northshire": "Northshire", "Eastmere": "Eastmere", "Westvale": "Westvale"}
# As a person does: the boxes of the menu "Force". One message for each choice that is not a single force.
COMMIT = """v => {
  const send = (query) => paper.send({do: "address", query})
  const query = new URLSearchParams(location.search)
  v === "All" ? query.delete("force") : query.set("force", v)
  send("?" + query)
}"""


def loaded(tmp: str) -> str:
    """Address of the loaded database."""
    return os.environ.get("CASELIGHT_LOADED", f"sqlite:///{tmp}/caselight.sqlite")


def caselight(app: Any, name: str = "caselight", page: str = "serve.py") -> Any:
    """The app; ``page`` is the script that serves it."""
    return app(
        name,
        "caselight",
        lambda bin_, port, tmp: [f"{bin_}/python", str(HERE / page), str(port), loaded(tmp)],
        path="/",
        health="/health",
        read="() => window.__caseload ?? null",
        commit=COMMIT,
        init=(HERE / "told.js").read_text(encoding="utf-8"),
        setup=lambda bin_, db, tmp: (
            ["true"]
            if "CASELIGHT_LOADED" in os.environ
            else [f"{bin_}/caselight", "load", db, "--mapping", str(HERE / "mapping.toml"), "--database", loaded(tmp)]
        ),
    )
