"""What is asked of each declared domain name: resolvers first, then the servers of its zone and of its policy.

Resolvers are asked what the readings of `facts/` lack, again and again until they lack nothing: the rule that will
judge is the rule that asks.
"""

import asyncio
import secrets
from collections.abc import Callable, Iterable

from rempart.exposure.collect.dns_question import DnsQuestion, answer_of
from rempart.exposure.collect.http import strict
from rempart.exposure.collect.mail_questions import StsPolicy
from rempart.exposure.collect.question import Ask, Endpoint, Observation, Question, Transport
from rempart.exposure.collect.surveys import Resolver, name_survey
from rempart.exposure.collect.zone_questions import AbandonedPage, Recursion, Transfer
from rempart.exposure.facts import dns, mail, mail_transport
from rempart.exposure.facts.nameservers import free_rows
from rempart.exposure.facts.resolved import is_mail_domain
from rempart.exposure.protocols import Malformed
from rempart.exposure.protocols.dns.answers import ABSENT, Answers, Asked, State, canonical, read_answer
from rempart.exposure.protocols.dns.claimable import hosting_of
from rempart.exposure.snapshot import Outcome

ROUNDS, QUESTIONS = 24, 400
"""How often the readings may ask for more, and how much in all: hostile chains end there."""
_TRIES = 3
_DNS, _HTTP, _HTTPS = 53, 80, 443
_SERVERS = 16
_MAIL = (
    mail.mx_rows,
    mail.spf_rows,
    mail.dmarc_rows,
    mail.dkim_rows,
    mail_transport.mta_sts_row,
    mail_transport.tls_rpt_row,
    mail_transport.dane_rows,
    mail_transport.bimi_row,
)
_ZONE = (dns.dnssec_row, dns.network_row, free_rows)
_ANY = (dns.caa_row, dns.alias_rows)


@name_survey("mail_dns")
async def mail_and_dns(name: str, resolver: Resolver, ask: Ask) -> None:
    """Ask all that the controls of mail and DNS judge of one declared name."""
    try:
        domain = canonical(name)
    except Malformed:
        return
    answers = Answers()
    answers.get(f"{dns.WILDCARD}{secrets.token_hex(6)}.{domain}", "A")
    await _resolve(domain, answers, resolver, ask)
    zone = dns.is_zone(domain, answers)
    await asyncio.gather(
        _policy(domain, answers, ask), _page(domain, answers, ask), *(_servers(domain, answers, ask) if zone else ())
    )


def read_all(domain: str, answers: Answers) -> None:
    """Read everything the facts read of a domain, for the sake of what is wanted."""
    readers: list[Callable[[str, Answers], object]] = [*_ANY]
    if is_mail_domain(domain, answers):
        readers += _MAIL
    if dns.is_zone(domain, answers):
        readers += _ZONE
    for reader in readers:
        reader(domain, answers)


async def _resolve(domain: str, answers: Answers, resolver: Resolver, ask: Ask) -> None:
    """Ask the resolvers until the readings lack nothing."""
    asked: set[Asked] = set()
    for _ in range(ROUNDS):
        read_all(domain, answers)
        new = [question for question in answers.wanted if question not in asked][: QUESTIONS - len(asked)]
        if not new:
            return
        asked.update(new)
        await asyncio.gather(*(_look_up(question, answers, resolver, ask, domain) for question in new))


async def _look_up(asked: Asked, answers: Answers, resolver: Resolver, ask: Ask, domain: str) -> None:
    """Ask each resolver in its turn, three tries: a record ends it, and so do two that agree on an absence.

    A DKIM selector is asked once: a key that is not found is never called absent.
    """
    question, absences = DnsQuestion(asked.name, asked.rdtype, dnssec=True), 0
    for turn in range(_TRIES):
        endpoint = resolver.endpoints[turn % len(resolver.endpoints)]
        observation = await _by_tcp_if_cut(question, endpoint, ask, domain)
        if observation.outcome is Outcome.SKIPPED:
            return
        state = _note(observation, answers)
        absences += state in ABSENT
        if state is State.PRESENT or absences > 1 or (absences and "._domainkey." in asked.name):
            return


async def _by_tcp_if_cut(question: DnsQuestion, endpoint: Endpoint, ask: Ask, domain: str) -> Observation:
    observation = await ask(question, endpoint, domain)
    answer = answer_of(observation)
    cut = answer is not None and answer.flags & 0x0200  # TC
    if not cut or endpoint.transport is Transport.TCP:
        return observation
    return await ask(question, Endpoint(endpoint.address, endpoint.port, Transport.TCP), domain)


def _note(observation: Observation, answers: Answers) -> State:
    if observation.outcome is not Outcome.ANSWERED:
        return State.UNKNOWN
    try:
        asked, answer = read_answer(observation.sent, observation.received, observation.at)
    except Malformed:
        return State.UNKNOWN
    answers.add(asked, answer)
    return answer.state


def _servers(domain: str, answers: Answers, ask: Ask) -> Iterable["asyncio.Future[None]"]:
    """Ask each server of the zone; the scheduler refuses those outside the perimeter."""
    places = [
        (server, address)
        for server in dns.name_servers(answers.get(domain, "NS"))
        for address in dns.addresses(server, answers)
    ]
    return [asyncio.ensure_future(_server(domain, *place, ask)) for place in places[:_SERVERS]]


async def _server(domain: str, server: str, address: str, ask: Ask) -> None:
    """Ask one server for its zone, whether it looks for others' names, and whether it hands out everything."""
    by_udp = Endpoint(address, _DNS, Transport.UDP, server)
    for _ in range(_TRIES):
        observation = await ask(DnsQuestion(domain, "SOA", recursive=False), by_udp, domain)
        if observation.outcome is not Outcome.TIMEOUT:
            break
    if observation.outcome is not Outcome.ANSWERED:
        return
    await ask(Recursion(), by_udp, domain)
    await ask(Transfer(domain), Endpoint(address, _DNS, Transport.TCP, server), domain)


async def _policy(domain: str, answers: Answers, ask: Ask) -> None:
    """Read the MTA-STS policy, when a record says that there is one."""
    if not is_mail_domain(domain, answers) or mail_transport.mta_sts_row(domain, answers)["state"] != "present":
        return
    host = f"mta-sts.{domain}"
    await _first_that_answers(StsPolicy(strict()), host, _HTTPS, domain, answers, ask)


async def _page(domain: str, answers: Answers, ask: Ask) -> None:
    """Read the front page of a name that leads to a hosting service which says on a page that a place is nobody's."""
    rows = dns.alias_rows(domain, answers)
    hosting = hosting_of(str(rows[0]["target"])) if rows else None
    if hosting is not None and hosting.says_so_on_a_page and rows[0]["state"] == "resolves":
        await _first_that_answers(AbandonedPage(), domain, _HTTP, domain, answers, ask)


async def _first_that_answers(  # noqa: PLR0913, PLR0917 — a question, where, for whom
    question: Question, host: str, port: int, domain: str, answers: Answers, ask: Ask
) -> None:
    for address in dns.addresses(host, answers)[:_TRIES]:
        observation = await ask(question, Endpoint(address, port, Transport.TCP, host), domain)
        if observation.outcome not in {Outcome.TIMEOUT, Outcome.UNREACHABLE, Outcome.SKIPPED}:
            return
