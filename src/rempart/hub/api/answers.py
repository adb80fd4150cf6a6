"""The answers that every operation shares."""

from rempart.hub.api.problems import Problem

READ_ERRORS: dict[int, type[Problem]] = dict.fromkeys((401, 403, 422, 429), Problem)
ONE_ERRORS: dict[int, type[Problem]] = {**READ_ERRORS, 404: Problem}
WRITE_ERRORS: dict[int, type[Problem]] = {**ONE_ERRORS, **dict.fromkeys((400, 409, 413), Problem)}
