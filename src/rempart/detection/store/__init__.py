"""Months of events in columns: Parquet files by class and hour, that the kernel reads like logs.

What a store is, on the disk:

* `runs/<run>.json`: what one run read and wrote (`manifest.py`). It appears whole, by renaming, once all its files are
  there: a run that was killed has none, so nothing of it is ever read, and the next one sweeps it away.
* `runs/<run>.started`: empty; a run that began. With no `.json` of the same name it was killed.
* `events/source=<source>/code=<code>/<first hour>_<last hour>.<run>-<number>.parquet`: events of one class whose
  moments are in these hours (UTC), `undated` for those that say none. A busy hour has files of its own, quiet hours
  share one. One row group, so the dictionary of each field is read as it stands.

An event is never there twice, because what was read is known by its content (`known.py`): a file read again, renamed
or moved gives nothing; one that has grown gives what is new. Of a Windows journal, whose bytes change as it grows, an
event is known by its number and its moment.
"""
