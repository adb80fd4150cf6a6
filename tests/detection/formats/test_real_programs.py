"""What the real nginx, sshd and logger write: not what we think they do."""

import shutil
import socket
import subprocess
import time

import pytest

from tests.detection.formats.reading import read

NGINX = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log info;
events {{}}
http {{
  access_log {folder}/access.log combined;
  client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
  uwsgi_temp_path {folder}/4; scgi_temp_path {folder}/5;
  server {{ listen 127.0.0.1:{port}; location / {{ return 200 ok; }} location /files/ {{ root {folder}; }} }}
}}
"""


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def send(port, data):
    with socket.create_connection(("127.0.0.1", port), timeout=5) as stream:
        stream.sendall(data)
        while stream.recv(4096):
            pass


def until_listening(port):
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("nginx did not start")


@pytest.mark.skipif(shutil.which("nginx") is None, reason="the set-up installs nginx")
def test_nginx_access_and_error_logs_are_understood(tmp_path):
    port = free_port()
    (tmp_path / "conf").write_text(NGINX.format(folder=tmp_path, port=port))
    server = subprocess.Popen(["nginx", "-p", tmp_path, "-c", tmp_path / "conf"], stderr=subprocess.DEVNULL)
    try:
        until_listening(port)
        head = b"Host: www.valmont.example\r\nConnection: close\r\n"
        send(
            port,
            b"GET /dossier?id=1%27%20OR HTTP/1.1\r\n"
            + head
            + b'User-Agent: Mozilla/5.0 "test" \\ \xc3\xa9\r\nReferer: https://a.example/\r\n\r\n',
        )
        send(
            port,
            b"POST /connexion HTTP/1.1\r\nAuthorization: Basic YWxpY2U6eA==\r\nContent-Length: 0\r\n" + head + b"\r\n",
        )
        send(port, b"\x16\x03\x01\x00\xff")
        send(port, b"GET /files/absent HTTP/1.1\r\n" + head + b"\r\n")
    finally:
        server.terminate()
        server.wait(10)
    rows, census = read("access", (tmp_path / "access.log").read_bytes())
    assert census.flawed == 0
    said = [row for row in rows if row["sc-status"] != "400" or row["cs-uri-stem"] != ""]
    dossier = next(row for row in said if row["cs-uri-stem"] == "/dossier")
    assert (dossier["cs-method"], dossier["cs-uri-query"], dossier["sc-status"], dossier["c-ip"]) == (
        "GET",
        "id=1%27%20OR",
        "200",
        "127.0.0.1",
    )
    assert dossier["cs-user-agent"].startswith('Mozilla/5.0 "test" \\ ')
    assert next(row for row in said if row["cs-uri-stem"] == "/connexion")["cs-username"] == "alice"
    assert next(row for row in said if row["cs-uri-stem"].startswith("\\x16"))["sc-status"] == "400"
    errors, _ = read("daemon", (tmp_path / "error.log").read_bytes())
    absent = next(row for row in errors if "No such file" in row["message"])
    assert (absent["@source"], absent["src_ip"], absent["uri"]) == ("web/error", "127.0.0.1", "/files/absent")


@pytest.mark.skipif(shutil.which("logger") is None, reason="bsdutils is not installed")
@pytest.mark.parametrize(
    "options",
    [
        ["--rfc3164"],
        ["--rfc5424"],
        ["--rfc5424", "--sd-id", "acces@32473", "--sd-param", 'patient="12"'],
        ["--rfc5424", "--octet-count"],
    ],
)
def test_what_logger_sends_is_understood(options):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        sent = [
            "logger",
            "--server",
            "127.0.0.1",
            "--tcp",
            "--port",
            port,
            "--priority",
            "auth.warning",
            "--tag",
            "dpi",
            "--id=7",
            *options,
            "dossier ouvert",
        ]
        subprocess.run(sent, check=True, timeout=20)
        stream, _ = server.accept()
        data = b""
        while piece := stream.recv(4096):
            data += piece
        stream.close()
    rows, census = read("syslog", data)
    assert census.flawed == 0
    row = rows[0]
    assert (row["@source"], row["@code"], row["message"], row["facility"], row["severity"]) == (
        "linux/syslog",
        "dpi",
        "dossier ouvert",
        "auth",
        "warning",
    )
    assert row["@time"] is not None
    if "--sd-id" in options:
        assert row["patient"] == "12"
