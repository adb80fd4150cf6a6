from tests.hub.matrix import Row

ROWS = [
    Row("home"),
    Row("calls"),
    Row("call", skip="needs a published call: the tests of the public pages open it"),
    Row("open_data"),
    Row("help"),
    Row("glossary"),
    Row("accessibility"),
    Row("legal"),
    Row("privacy"),
    Row("hub_key"),
    Row("set_language", method="POST", data=lambda world: {"language": "en"}),  # noqa: ARG005
    Row("gallery", allowed=set()),
]
