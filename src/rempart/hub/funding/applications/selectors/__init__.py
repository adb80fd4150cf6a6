"""What is read of files, always through `visible_to`: lists, counts, what to do first, what is at risk, progress."""
