"""Running the same kernel on one machine or on many.

Every engine does one thing: it cuts the logs in splits, calls the same pure function on each (`work.matched_in`), puts
the matches in one order and correlates them. So they give the same table, row for row.
"""
