"""Where: regions, départements, legal entities, sites, groups of hospitals, activity. It imports no other app."""
