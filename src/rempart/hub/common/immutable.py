"""Tables that only grow: the database refuses to change, delete or empty what they hold."""

import pgtrigger


def immutable() -> list[pgtrigger.Trigger]:
    """Return the triggers of a table whose rows are never changed nor removed, one by one or all at once."""
    return [
        pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete),
        never_emptied(),
    ]


def never_emptied() -> pgtrigger.Trigger:
    """Return the trigger that refuses TRUNCATE, which passes by the triggers of rows."""
    return pgtrigger.Trigger(
        name="never_emptied",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func="RAISE EXCEPTION 'pgtrigger: Cannot truncate table %', TG_TABLE_NAME;",
    )
