"""Detection engine: signs of compromise in a hospital's logs, at the speed of reading them."""

ENGINE = "detection"
CATALOGUE_VERSION = "2026.11"
