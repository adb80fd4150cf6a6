"""The perimeter: what may be touched, who mandated it, until when (`perimeter.toml`)."""
