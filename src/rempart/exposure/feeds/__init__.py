"""The official data sets a hospital loads: KEV, EPSS, CVE records, end of support, recog."""
