"""The kinds of figure. Each turns counts into numerator, denominator, value, interval and n.

What these mean for each kind is said in its ``columns``; the docs print it.
"""

from data_access.measures.kinds.counts import Flow, Net, PerPost, Stock, in_post
from data_access.measures.kinds.duration import Duration
from data_access.measures.kinds.kind import NOTHING, Kind
from data_access.measures.kinds.shares import Cohort, FlowShare, Movement, StockShare

__all__ = [
    "NOTHING",
    "Cohort",
    "Duration",
    "Flow",
    "FlowShare",
    "Kind",
    "Movement",
    "Net",
    "PerPost",
    "Stock",
    "StockShare",
    "in_post",
]
