"""TLS as bytes: what a client says (`hello`), what a server answers (`answer`), and the numbers both use (`registry`).

Pure and bounded: no length that the other side gives is trusted. Whatever is wrong raises `reader.Malformed`.
"""
