"""Engine: technical directories (Active Directory), ANSSI's control points, control paths."""

ENGINE = "directory"
CATALOGUE_VERSION = "2026.11"
