# Rempart: `make demo` shows the main job, `make test` proves the whole. Both install what they need.
.PHONY: demo test lint bench lock fuzz

demo:
	@tools/setup run
	@tools/demo

test: lint
	.venv/bin/python -m pytest -n auto --dist loadgroup

lint:
	@tools/setup test
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports

bench:
	@tools/setup bench
	.venv/bin/python benchmarks/directory.py
	-.venv/bin/python benchmarks/exposure.py
	-.venv/bin/python benchmarks/detection.py
	.venv/bin/python benchmarks/hub_territory.py
	.venv/bin/python benchmarks/hub_instruction.py
	.venv/bin/python benchmarks/hub_load.py

fuzz:
	@tools/setup fuzz
	nice .venv/bin/python tools/fuzz.py --seconds 600

lock:
	tools/lock
