from tools.products_page import PAGE, page


def test_the_page_lists_the_catalogue_as_it_is():
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m tools.products_page"
