"""Views saved under a name, and the offer to continue: both are kept by the browser, never by the server.

A name is shown where it was typed and is sent nowhere; sheet.js writes it as text, so that it cannot be markup. What
a saved view holds is an address, checked like one that somebody typed: a force that its reader may not see is left
out. The last filters are offered and never applied: on a shared machine the next person may be another one, who
would take a narrowed page for the whole. Reset forgets them; saved views stay until they are deleted.
"""

from markupsafe import Markup

from dashboard.address import href
from dashboard.sheet import html
from dashboard.state import Filters

MOST = 20
LONGEST_NAME = 40
OF_THE_MOMENT = ("list", "at")  # an opened list is not a view


def address(filters: Filters) -> str:
    """The page and its filters, without an opened list."""
    return href({key: value for key, value in filters.to_query().items() if key not in OF_THE_MOMENT})


def menu(filters: Filters) -> Markup:
    """The menu of saved views; sheet.js fills the list from the browser's own storage."""
    return html(
        """<details class="menu views" id="f-views-menu"><summary id="f-views">Saved views</summary>
<div class="leaf"><ul class="plain-list"><li hidden data-row><button type="button" class="plain"></button>
<button type="button" class="plain">Delete</button></li></ul>
<p class="quiet" data-none>No view is saved in this browser.</p>
<label for="f-name">Save what is shown now as</label>
<input type="text" id="f-name" maxlength="{longest}" autocomplete="off">
<button type="button" id="f-keep" data-keep="{address}" data-most="{most}">Save</button>
<p class="quiet" id="f-kept" role="status"></p></div></details>""",
        longest=LONGEST_NAME,
        most=MOST,
        address=address(filters),
    )


def offer(filters: Filters) -> Markup:
    """The last filters of this browser, for a visit that came without any; hidden until sheet.js finds some."""
    narrowed = filters.to_query().keys() - {"page", "figures", "for", "week", *OF_THE_MOMENT}
    return html(
        """<p class="offer" hidden data-now="{now}">This browser was last used with other filters.
<button type="button" class="plain" id="f-continue" data-continue>Continue where you were</button></p>""",
        now=address(filters) if narrowed else "",
    )
