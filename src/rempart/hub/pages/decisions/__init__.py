"""The decisions' documents, at one address for all who may see the file."""
