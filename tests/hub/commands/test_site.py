"""The command line with a hub and without: what it costs, and what it says when libraries lack."""

import subprocess
import sys

RUN = "import sys; from rempart.cli import main; sys.argv[0] = 'rempart'; main()"
WITHOUT_DJANGO = f"import sys; sys.modules['django'] = None; {RUN}"


def run(program, *arguments):
    return subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, timeout=60, check=False
    )


def test_the_command_line_loads_no_library_of_the_hub():
    heavy = "('django', 'psycopg', 'procrastinate', 'gunicorn', 'structlog')"
    done = run(f"import sys, rempart.cli; print([m for m in sys.modules if m.split('.')[0] in {heavy}])")
    assert done.stdout.strip() == "[]"


def test_nor_does_it_load_the_compiler_of_the_detection_engine():
    done = run("import sys, rempart.cli; print('numba' in sys.modules, 'sigma' in sys.modules)")
    assert done.stdout.strip() == "False False"


def test_without_the_libraries_of_the_hub_the_other_commands_work():
    assert run(WITHOUT_DJANGO, "directory", "--help").returncode == 0
    assert run(WITHOUT_DJANGO, "hub", "--help").returncode == 0


def test_without_the_libraries_of_the_hub_its_commands_say_what_to_install():
    done = run(WITHOUT_DJANGO, "hub", "migrate")
    assert done.returncode == 2
    assert "les bibliothèques du hub ne sont pas installées" in done.stderr
    assert "rempart[hub]" in done.stderr
    english = run(WITHOUT_DJANGO, "--lang", "en", "hub", "serve", "--port", "1")
    assert english.returncode == 2


def test_help_speaks_english_too():
    assert "Serve the hub" in run(RUN, "--lang", "en", "hub", "serve", "--help").stdout
