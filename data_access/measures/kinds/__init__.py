"""The kinds of figure. Each turns counts into numerator, denominator, value, interval and n.

What these mean for each kind is said in its ``columns``; the docs print it.
"""

from data_access.measures.kinds.agreement import Agreement
from data_access.measures.kinds.counts import Flow, Net, PerPost, Stock, in_post
from data_access.measures.kinds.duration import Duration
from data_access.measures.kinds.held import Held
from data_access.measures.kinds.kind import NOTHING, Kind
from data_access.measures.kinds.medians import Median
from data_access.measures.kinds.mix import Mix, Outcome
from data_access.measures.kinds.rate import Rate
from data_access.measures.kinds.ratio import Ratio, StockPart
from data_access.measures.kinds.shares import Cohort, FlowShare, Movement, StockShare
from data_access.measures.kinds.sums import Sum

__all__ = [
    "NOTHING",
    "Agreement",
    "Cohort",
    "Duration",
    "Flow",
    "FlowShare",
    "Held",
    "Kind",
    "Median",
    "Mix",
    "Movement",
    "Net",
    "Outcome",
    "PerPost",
    "Rate",
    "Ratio",
    "Stock",
    "StockPart",
    "StockShare",
    "Sum",
    "in_post",
]
