"""The pages, in the order of the navigation. A new page is one file and one line here."""

from dashboard.views.caseload import Caseload
from dashboard.views.definitions import Definitions
from dashboard.views.engagement import Engagement
from dashboard.views.help import Help
from dashboard.views.justice import Justice
from dashboard.views.overview import Overview
from dashboard.views.quality import Quality
from dashboard.views.risk import Risk
from dashboard.views.support import Support
from dashboard.views.weekly_sheet import WeeklySheet

VIEWS = {
    "overview": Overview,
    "caseload": Caseload,
    "engagement": Engagement,
    "risk": Risk,
    "support": Support,
    "justice": Justice,
    "weekly": WeeklySheet,
    "quality": Quality,
    "definitions": Definitions,
    "help": Help,
}
