"""What several matches mean together: the eight types of correlation of Sigma."""
