"""Checks of the gate taken out one by one, for ``python -m tests.walls.mutants gate``."""

# ruff: noqa: E501  one mutant is one line: the list is read as a table

from tests.walls.mutants import Mutant

PARTS = "tests/dashboard/test_sign_in_parts.py"
WIRE = "tests/attack/test_sign_ins.py"
MATRIX = "tests/attack/test_matrix.py -k caselight and bob"
ROUTES = "tests/dashboard/test_routes.py"
STARTS = "tests/dashboard/test_starts.py -k fault"
HERE = "tests/dashboard/test_gate.py -k another_machine"
HELD, PAGES, KEEPER = "dashboard/gate/held.py", "dashboard/gate/pages.py", "dashboard/gate/keeper.py"
SIGN_INS, LOGIN, PROXY = "dashboard/gate/sign_ins.py", "dashboard/gate/login.py", "dashboard/gate/proxy.py"

MUTANTS = [
    Mutant("gate: a page is anybody's", HELD, "page.owner != _owner(person)", "False", PARTS),
    Mutant(
        "gate: any sign-in of the person",
        HELD,
        "return person.name, person.session",
        "return person.name, person.name",
        PARTS,
    ),
    Mutant("gate: a token opens twice", HELD, "page.opened = True", "page.opened = False", PARTS),
    Mutant("gate: a token opens late", HELD, "self.clock() - page.made > SOON", "False", PARTS),
    Mutant(
        "gate: the socket does not ask whose page",
        PAGES,
        "not gate.held.opens(session, person)",
        "False",
        f"{WIRE} -k another",
    ),
    Mutant(
        "gate: sessions by name",
        PAGES,
        "if gives_a_session(self.request):\n            self._turned",
        "if False:\n            self._turned",
        MATRIX,
    ),
    Mutant(
        "gate: an unsigned cookie",
        "dashboard/gate/signed.py",
        'return text if text and self.fits(use, text, given) else ""',
        "return text",
        PARTS,
    ),
    Mutant("gate: no idle limit", SIGN_INS, "            and now - sign_in.seen < self.idle\n", "", PARTS),
    Mutant("gate: no longest time", SIGN_INS, "            and now - sign_in.began < self.longest\n", "", PARTS),
    Mutant(
        "gate: unchecked sign-ins go on",
        SIGN_INS,
        "            and now - sign_in.checked < CHECKED_WITHIN\n",
        "",
        PARTS,
    ),
    Mutant(
        "gate: disabled accounts go on",
        KEEPER,
        "return account is not None and stamp_of(account) == sign_in.stamp",
        "return True",
        f"{WIRE} -k taken_away",
    ),
    Mutant(
        "gate: sign-out forgets the sockets",
        KEEPER,
        "        self.sign_ins.end(sign_in)\n        self.close_ended()\n",
        "        pass\n",
        f"{WIRE} -k signing_out",
    ),
    Mutant(
        "gate: forms of others",
        LOGIN,
        'not mark or not gate.signer.fits("form", mark, self.get_body_argument("token", ""))',
        "False",
        f"{WIRE} -k elses_making",
    ),
    Mutant(
        "gate: a page for somebody who has gone",
        PAGES,
        "if not keeper().still(self.request.caselight):",
        "if False:",
        f"{WIRE} -k while_their_page",
    ),
    Mutant(
        "gate: no wait after wrong passwords",
        LOGIN,
        "if not tries.may(*keys):",
        "if False:",
        f"{WIRE} -k tries_too_often",
    ),
    Mutant(
        "gate: leads anywhere",
        LOGIN,
        'return wanted if plain and wanted.startswith("/") and not wanted.startswith("//") else "/"',
        "return wanted",
        PARTS,
    ),
    Mutant(
        "gate: a proxy without its secret",
        PROXY,
        '        if not hmac.compare_digest(given[0].encode("utf-8", "replace"), self._secret):\n            return None\n',
        "",
        PARTS,
    ),
    Mutant(
        "gate: a proxy from anywhere",
        PROXY,
        "        if not near(request):\n            return None\n        headers",
        "        headers",
        PARTS,
    ),
    Mutant("gate: a header twice", PROXY, "len(given) != 1 or len(names) != 1 or len(groups) > 1", "False", PARTS),
    Mutant(
        "gate: an address that nobody thought of", "dashboard/gate/routes.py", 'else "closed"', 'else "public"', ROUTES
    ),
    Mutant(
        "gate: a token with the browser's headers",
        "dashboard/app.py",
        "include_headers=[]",
        "include_headers=None",
        ROUTES,
    ),
    Mutant(
        "gate: a browser elsewhere",
        "dashboard/gate/here.py",
        'return "the connection comes from another machine"',
        'return ""',
        HERE,
    ),
    Mutant(
        "gate: admin and auditor together",
        "dashboard/people.py",
        "        return ()\n    made",
        "        pass\n    made",
        PARTS,
    ),
    Mutant("gate: teams of another force", "dashboard/people.py", 'f"{one.force}/{team}"', "team", PARTS),
    Mutant(
        "gate: the whole force for a role bound to teams",
        "dashboard/people.py",
        "own = [one for one in own if (one.teams is not None) == bound]",
        "pass",
        PARTS,
    ),
    Mutant(
        "gate: a secret that others can read",
        "dashboard/gate/signed.py",
        'os.name != "nt" and mode & 0o077',
        "False",
        STARTS,
    ),
]
