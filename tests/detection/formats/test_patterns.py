from rempart.detection.collect.formats.patterns import plain


def test_classes_become_ascii_wherever_they_stand_and_the_rest_stays():
    assert plain(r"\d+\S") == r"[0-9]+[^ \t\r\n]"
    assert plain(r"[^\s\"\[]+(\d)") == r"[^ \t\r\n\"\[]+([0-9])"
    assert plain(r"[]\w]\]\w") == r"[]0-9A-Za-z_]\][0-9A-Za-z_]"
