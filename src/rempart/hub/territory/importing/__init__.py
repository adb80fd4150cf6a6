"""Reading FINESS and its kin: pure readers to columns, a pure comparison with what is known, one write at the end."""
