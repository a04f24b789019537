"""What tests do with a playground that a page shows: open it, read it, press keys."""


def opened(page, kind: str):
    """A playground, scrolled to and ready."""
    section = page.locator(f".playground[data-kind={kind}]")
    section.scroll_into_view_if_needed()
    page.locator(f".playground[data-kind={kind}][data-state=ready]").wait_for()
    return section


def says(section) -> str:
    return section.locator(".playground-says .seen").first.inner_text()


def heard(section) -> str:
    return section.locator(".playground-says [aria-live=polite]").first.inner_text()


def press(page, *keys: str):
    for key in keys:
        page.keyboard.press(key)
