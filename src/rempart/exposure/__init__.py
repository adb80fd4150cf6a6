"""Engine: what a hospital shows on the internet, measured gently."""

ENGINE = "exposure"
CATALOGUE_VERSION = "2026.11"
