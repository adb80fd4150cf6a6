"""What the database itself refuses of the ledger, so that even raw SQL can neither over-commit nor rewrite it.

Each posting takes its turn on the row of its envelope: writers of one envelope pass one after the other, in every
isolation level, and the balance they leave is checked before the next one reads it. An entry may be incomplete inside
its transaction; at the end it sums to zero and has the shape of its kind.
"""

import pgtrigger

_REFUSE = "USING ERRCODE = 'check_violation', CONSTRAINT = "

TAKES_ITS_TURN = f"""
    SELECT entry.envelope_id, entry.application_id, entry.kind INTO envelope, file, nature
      FROM ledger_entry entry WHERE entry.id = NEW.entry_id;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'Ce mouvement n’a pas d’écriture.' {_REFUSE}'posting_of_an_entry';
    END IF;
    UPDATE ledger_envelope
       SET available_cents = available_cents + CASE WHEN NEW.account = 'available' THEN NEW.cents ELSE 0 END
     WHERE id = envelope;
    IF NEW.account IN ('committed', 'paid', 'recovered') THEN
        SELECT coalesce(sum(posting.cents), 0) INTO held
          FROM ledger_posting posting JOIN ledger_entry entry ON entry.id = posting.entry_id
         WHERE entry.application_id = file AND posting.account = NEW.account;
        IF held + NEW.cents < 0 THEN
            RAISE EXCEPTION 'Le compte « % » du dossier % deviendrait négatif.', NEW.account, file
            {_REFUSE}'file_account_not_negative';
        END IF;
        IF nature = 'commitment' AND held > 0 THEN
            RAISE EXCEPTION 'Le dossier % est déjà engagé.', file {_REFUSE}'one_open_commitment';
        END IF;
    END IF;
    RETURN NEW;
"""  # noqa: S608 — fixed words of this module

SHAPES = """
    (VALUES
        ('opening', 'funding', -1), ('opening', 'available', 1),
        ('commitment', 'available', -1), ('commitment', 'committed', 1),
        ('release', 'committed', -1), ('release', 'available', 1),
        ('payment', 'committed', -1), ('payment', 'paid', 1), ('payment', 'available', 1),
        ('recovery', 'paid', -1), ('recovery', 'recovered', 1)
    ) AS shape (kind, account, sign)
"""


def _balanced(entry: str) -> str:
    """Return the check of a whole entry; `entry` is the SQL of its id."""
    return f"""
    SELECT count(*), coalesce(sum(cents), 0) INTO lines, total FROM ledger_posting WHERE entry_id = {entry};
    IF lines < 2 OR total <> 0 THEN
        RAISE EXCEPTION 'L’écriture % n’est pas équilibrée.', {entry} {_REFUSE}'entry_balanced';
    END IF;
    IF EXISTS (
        SELECT FROM ledger_posting posting JOIN ledger_entry entry ON entry.id = posting.entry_id
         WHERE entry.id = {entry} AND NOT EXISTS (
            SELECT FROM {SHAPES}
             WHERE shape.kind = entry.kind AND shape.account = posting.account AND shape.sign = sign(posting.cents)
         )
    ) THEN
        RAISE EXCEPTION 'L’écriture % n’a pas la forme de sa nature.', {entry} {_REFUSE}'entry_shaped';
    END IF;
    RETURN NULL;
    """  # noqa: S608 — fixed words of this module


OF_ITS_CALL = f"""
    IF NEW.application_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM applications_application file JOIN ledger_envelope envelope ON envelope.call_id = file.call_id
         WHERE file.id = NEW.application_id AND envelope.id = NEW.envelope_id
    ) THEN
        RAISE EXCEPTION 'Ce dossier n’est pas de l’appel de cette enveloppe.' {_REFUSE}'entry_of_its_call';
    END IF;
    RETURN NEW;
"""

MOVED_BY_POSTINGS = f"""
    IF TG_OP = 'INSERT' AND NEW.available_cents = 0 THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND pg_trigger_depth() > 1
       AND (NEW.id, NEW.call_id, NEW.opened_at) = (OLD.id, OLD.call_id, OLD.opened_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Une enveloppe ne bouge que par ses écritures.' {_REFUSE}'envelope_moved_by_postings';
"""


def takes_its_turn() -> pgtrigger.Trigger:
    """Return the trigger that serialises the postings of an envelope and guards the accounts of each file."""
    return pgtrigger.Trigger(
        name="takes_its_turn",
        level=pgtrigger.Row,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("envelope", "bigint"), ("file", "bigint"), ("nature", "text"), ("held", "bigint")],
        func=TAKES_ITS_TURN,
    )


def balanced(entry: str) -> pgtrigger.Trigger:
    """Return the trigger that checks an entry at the end of its transaction; `entry` is the SQL of its id."""
    return pgtrigger.Trigger(
        name="balanced",
        level=pgtrigger.Row,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        timing=pgtrigger.Deferred,
        declare=[("lines", "bigint"), ("total", "bigint")],
        func=_balanced(entry),
    )


def of_its_call() -> pgtrigger.Trigger:
    """Return the trigger that refuses a file of another call."""
    return pgtrigger.Trigger(
        name="of_its_call",
        level=pgtrigger.Row,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=OF_ITS_CALL,
    )


def moved_by_postings() -> pgtrigger.Trigger:
    """Return the trigger that lets nothing but a posting change an envelope."""
    return pgtrigger.Trigger(
        name="moved_by_postings",
        level=pgtrigger.Row,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=MOVED_BY_POSTINGS,
    )
