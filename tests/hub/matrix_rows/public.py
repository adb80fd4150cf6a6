from tests.hub.matrix import Row

ROWS = [
    Row("home"),
    Row("calls"),
    Row("call", arguments=lambda world: [world.file.call_id]),
    Row("open_data"),
    Row("open_rules", arguments=lambda world: [world.file.call_id, 1]),
    Row("help"),
    Row("glossary"),
    Row("accessibility"),
    Row("legal"),
    Row("privacy"),
    Row("hub_key"),
    Row("set_language", method="POST", data=lambda world: {"language": "en"}),  # noqa: ARG005
    Row("gallery", allowed=set()),
]
