"""What several matches mean together: the eight types of correlation of Sigma 2.1.

The specification leaves open where a window starts, how often it fires and what stands at equal moments. Here:

**Elements.** A correlation gathers the matches of its rules. An event that matches two of them counts once where
events or values are counted, and stands for either rule where rules are (temporal types).

**Groups.** Elements whose fields of `group-by` are equal form a group; equal as Sigma compares: by `str.lower`. The
alias gives the field for each rule. A match that lacks one of the fields (absent, or an explicit null) is in no
group: what events share is a value, and the absence of one is not. A match without a moment cannot be correlated.
Both are counted (`LeftOut`), as is a match that lacks the value to count, or whose value is no number where numbers
are asked.

**Windows** slide by time of event: for each moment t of a group's elements, the window is [t - timespan, t], both
ends included. With `timespan: 10m`, failures at 3:00:00 and 3:10:00 are in one window, at 3:00:00 and 3:10:00.000001
are not.

**Measures.** event_count: events; value_count: different values, by `str.lower`; value_sum, value_avg: of the
numbers, exact to 2^-32 whatever the order; value_percentile: of n numbers sorted from 0 to n-1, the one at (n-1) x
percentile/100, drawn between its two neighbours (of 1, 2, 3, 10 the percentile 75 is 4.75); value_median: the
percentile 50.

**Temporal.** `temporal` holds when all rules occur in the window, in any order; with a count, when that many
different ones do; with a formula, when it is true of the rules that occur. `temporal_ordered` wants, besides, events
in the order of `rules`, one for each rule, all different; with a count, that many of the rules in that order; with a
formula, the rules of one of its alternatives. Events of one moment are in either order: a clock cannot tell. Scan
3:00, logon 3:05, scan 3:08: ordered [logon, scan] holds at 3:08, ordered [scan, logon] from 3:05 on.

**One result a burst.** Windows that follow each other, each holding and sharing an event with the one before, are one
result: from the first event of the first window to the end of the last. 500 failures in five minutes with `gte: 10`
are one result of 500 events, not 491; it begins at the first failure, not at the tenth. When the condition stops
holding at an event, or the next event comes more than a timespan later, the burst has ended. `measured` is its
highest measure (the lowest when the condition wants small ones).

**Correlations of correlations.** Where bursts are counted or summed, each is one element, at its last event. In a
temporal type each event of the burst is one, standing at its moment, or at the moment when the condition first held
if that is later: with ten failures then a success, the success is found even when failures go on after it, and a
success before the tenth failure is not. A field that the inner correlation groups by has its value; another is that
of the events.
"""

from rempart.detection.correlation.batch import by_moment, correlate, correlate_and_count, correlations_of
from rempart.detection.correlation.matches import in_order, order_of

__all__ = ["by_moment", "correlate", "correlate_and_count", "correlations_of", "in_order", "order_of"]
