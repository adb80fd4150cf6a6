"""The applications: one file per applicant and call, its life from draft to closure."""
