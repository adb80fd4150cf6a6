"""A job that writes one line; asked to, it stays in the middle of its transaction the first time it is tried."""

import time

from django.db import connection, transaction
from procrastinate.contrib.django import app

FOR_EVER = 3600


def write(name, *, stay):
    """Write a line once for this name, whatever the number of tries."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO trial (name) SELECT %s WHERE NOT EXISTS (SELECT FROM trial WHERE name = %s)", [name] * 2
        )
        if stay:
            cursor.execute("SELECT pg_notify('trial', %s)", [name])
            time.sleep(FOR_EVER)


@app.task(pass_context=True, name="trial.write")
def write_job(context, *, name, stay):
    write(name, stay=stay and context.job.attempts == 0)
