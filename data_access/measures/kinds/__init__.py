"""The kinds of figure. Each turns counts into numerator, denominator, value, interval and n.

What these mean for each kind is said in its ``columns``; the docs print it.
"""

from data_access.measures.kinds.agreement import Agreement
from data_access.measures.kinds.counts import Flow, Net, PerPost, Stock, in_post
from data_access.measures.kinds.duration import Duration
from data_access.measures.kinds.endings import Endings
from data_access.measures.kinds.held import Held
from data_access.measures.kinds.kind import NOTHING, Kind
from data_access.measures.kinds.levels import LevelMix
from data_access.measures.kinds.medians import Median
from data_access.measures.kinds.mix import Mix, Outcome
from data_access.measures.kinds.points import Points
from data_access.measures.kinds.rate import Rate
from data_access.measures.kinds.ratio import Ratio, StockPart
from data_access.measures.kinds.shares import Cohort, FlowShare, Movement, StockShare
from data_access.measures.kinds.stock_mix import StockMix
from data_access.measures.kinds.sums import Minutes, Sum
from data_access.measures.kinds.throughput import Throughput

__all__ = [
    "NOTHING",
    "Agreement",
    "Cohort",
    "Duration",
    "Endings",
    "Flow",
    "FlowShare",
    "Held",
    "Kind",
    "LevelMix",
    "Median",
    "Minutes",
    "Mix",
    "Movement",
    "Net",
    "Outcome",
    "PerPost",
    "Points",
    "Rate",
    "Ratio",
    "Stock",
    "StockMix",
    "StockPart",
    "StockShare",
    "Sum",
    "Throughput",
    "in_post",
]
