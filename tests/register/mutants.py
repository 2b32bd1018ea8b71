"""Ways in which something could leave without its line, or a line say too much: each must make its tests fail."""

# ruff: noqa: E501  one mutant is one line: the list is read as a table

from tests.walls.mutants import Mutant

PAPER, WITNESS, AUDIT = "dashboard/paper.py", "dashboard/witness.py", "data_access/register/audit.py"
PAGES, COMMANDS = "tests/register/test_audit_pages.py", "tests/register/test_audit_commands.py"

MUTANTS = [
    Mutant("audit: answers leave unrecorded", PAPER, "                self.record(delivery)\n", "                pass\n", f"{PAGES} -k line_is_there"),
    Mutant("audit: the first page leaves unrecorded", PAPER, "            self.record(Delivery(whole=True))\n", "            pass\n", f"{PAGES} -k first_page"),
    Mutant("audit: what was withheld comes as news", PAPER, "            self._withheld = True\n", "            self._withheld = False\n", f"{PAGES} -k until_it_can"),
    Mutant("audit: a hidden part hears", PAPER, "return found if found is not None and any(part is found for part in _visible(self.content)) else None", "return found", f"{PAGES} -k hidden"),
    Mutant("audit: odd values are let through", PAPER, "return data if fits else {}", "return data", "tests/dashboard/test_paper.py -k anything_but"),
    Mutant("audit: a typed name of a list is written", WITNESS, 'return dict(query) if known else {**query, "list": "unknown"}', "return dict(query)", f"{PAGES} -k typed_as_a_list"),
    Mutant("audit: whole addresses are written", WITNESS, "NETWORKS = {4: 24, 6: 48}", "NETWORKS = {4: 32, 6: 128}", f"{PAGES} -k shortened"),
    Mutant("audit: a refusal is a look", WITNESS, "if delivery.refused or shown.refused:", "if False:", f"{PAGES} -k refused_is"),
    Mutant("audit: a line that was not written is none", AUDIT, "            raise AuditUnwritable(reference, _away(error)) from None", "            return", "tests/register/test_audit.py -k cannot_be_written"),
    Mutant("audit: everybody reads all lines", "data_access/register/looks.py", "return cls(register, scope.identity, scope.forces if theirs else frozenset())", "return cls(register)", "tests/register/test_audit.py -k own_lines"),
    Mutant("audit: everybody reads the lines of their forces", "data_access/register/looks.py", 'scope.may("their_lines") and scope.teams is None', "True", "tests/register/test_audit.py -k all_theirs"),
    Mutant("audit: lines that name other forces too", "data_access/register/looks.py", "separated(text) <= self.forces", "separated(text) & self.forces", "tests/register/test_audit.py -k all_theirs"),
    Mutant("audit: commands print unrecorded", "dashboard/cli_record.py", "        audit_of(settings(), database).write(look, who)\n", "        pass\n", f"{COMMANDS} -k nothing_is_printed"),
    Mutant("audit: workbooks are written unrecorded", "dashboard/workbook/export.py", "    taker.record(told.issue, file, told.due)\n", "", f"{COMMANDS} -k no_workbook"),
    Mutant("audit: any word is a purpose", "dashboard/purposes.py", "    if given not in PURPOSES:\n", "    if False:\n", "tests/dashboard/test_purposes.py -k no_purpose"),
]  # fmt: skip
