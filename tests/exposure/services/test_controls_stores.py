"""Each control about databases, caches, brokers and container hosts."""

import pytest

from rempart.measurement.verdict import Status
from tests.exposure.services import answers
from tests.exposure.services.test_controls import failed, open_service, passed, some_web, unsure


def api(maker, port, product, received, path="/", **columns):
    maker.service(port, "http")
    maker.observed("service.api", received, port=port, question=f"GET {path} for {product}", **columns)
    return maker


ELASTIC = {"name": "n", "cluster_name": "valmont", "version": {"number": "8.11.0", "lucene_version": "9.8.0"}}


def test_vuln_service_database_exposed_fails(maker, judge):
    failed(judge, open_service(maker, 3306, "mysql", answers.MYSQL), "vuln_service_database_exposed")
    assert maker.surface().facts("open_stores")["version"].to_list() == ["5.5.5-10.11.6-MariaDB"]


def test_vuln_service_database_exposed_fails_in_http_too(maker, judge):
    failed(judge, api(maker, 9200, "elasticsearch", answers.http_json(ELASTIC)), "vuln_service_database_exposed")


def test_vuln_service_database_exposed_passes(maker, judge):
    passed(judge, some_web(maker), "vuln_service_database_exposed")


def test_warning_service_database_ports_fails(maker, judge):
    failed(judge, open_service(maker, 1972, ""), "warning_service_database_ports")


def test_warning_service_database_ports_passes(maker, judge):
    passed(judge, some_web(maker), "warning_service_database_ports")


def test_vuln_service_database_open_fails(maker, judge):
    failed(judge, open_service(maker, 27017, "mongodb", answers.mongodb(login=False)), "vuln_service_database_open")


def test_vuln_service_database_open_fails_on_an_open_elasticsearch(maker, judge):
    verdict = failed(judge, api(maker, 9200, "elasticsearch", answers.http_json(ELASTIC)), "vuln_service_database_open")
    assert verdict.subjects["service_version"].to_list() == ["8.11.0"]


def test_vuln_service_database_open_fails_on_zookeeper(maker, judge):
    received = b"Zookeeper version: 3.8.0-abc, built on 2022\nLatency: 0\nMode: standalone\n"
    failed(judge, open_service(maker, 2181, "zookeeper", received), "vuln_service_database_open")


def test_vuln_service_database_open_passes(maker, judge):
    open_service(maker, 27017, "mongodb", answers.mongodb(login=True))
    realm = 'Basic realm="security", charset="UTF-8"'
    api(maker, 9200, "elasticsearch", answers.http_json({"status": 401}, 401, WWW_Authenticate=realm))
    passed(judge, maker, "vuln_service_database_open")


def test_a_database_that_did_not_tell_is_a_doubt(maker, judge):
    unsure(judge, open_service(maker, 27017, "mongodb"), "vuln_service_database_open")


def test_vuln_service_cache_open_fails(maker, judge):
    received = b"+PONG\r\n$40\r\n# Server\r\nredis_version:7.0.15\r\n\r\n+OK\r\n"
    verdict = failed(judge, open_service(maker, 6379, "redis", received), "vuln_service_cache_open")
    assert verdict.subjects["service_version"].to_list() == ["7.0.15"]


@pytest.mark.parametrize(
    "received", [b"-NOAUTH Authentication required.\r\n", b"-DENIED Redis is running in protected"]
)
def test_vuln_service_cache_open_passes(maker, judge, received):
    passed(judge, open_service(maker, 6379, "redis", received), "vuln_service_cache_open")


def test_memcached_tells_its_version_to_anybody(maker, judge):
    failed(judge, open_service(maker, 11211, "memcached", b"VERSION 1.6.18\r\n"), "vuln_service_cache_open")


def test_vuln_service_broker_exposed_fails(maker, judge):
    failed(judge, open_service(maker, 5672, "amqp"), "vuln_service_broker_exposed")


def test_vuln_service_broker_exposed_passes(maker, judge):
    passed(judge, some_web(maker), "vuln_service_broker_exposed")


def test_vuln_service_broker_open_fails(maker, judge):
    failed(judge, open_service(maker, 1883, "mqtt", b"\x20\x02\x00\x00"), "vuln_service_broker_open")


def test_vuln_service_broker_open_fails_on_anonymous_amqp(maker, judge):
    verdict = failed(
        judge, open_service(maker, 5672, "amqp", answers.amqp(b"ANONYMOUS PLAIN")), "vuln_service_broker_open"
    )
    assert verdict.subjects["service_version"].to_list() == ["RabbitMQ 3.10.8"]


def test_vuln_service_broker_open_passes(maker, judge):
    open_service(maker, 1883, "mqtt", b"\x20\x02\x00\x05")
    passed(judge, open_service(maker, 5672, "amqp", answers.amqp()), "vuln_service_broker_open")


def test_a_broker_that_is_busy_is_a_doubt(maker, judge):
    unsure(judge, open_service(maker, 1883, "mqtt", b"\x20\x02\x00\x03"), "vuln_service_broker_open")


def test_kafka_alone_is_not_judged_on_its_login(maker, judge):
    received = b"\x00\x00\x00\x10REMP\x00\x00\x00\x00\x00\x01\x00\x12\x00\x00\x00\x03"
    open_service(maker, 9092, "kafka", received)
    assert judge(maker, "vuln_service_broker_open").status is Status.NOT_APPLICABLE
    failed(judge, maker, "vuln_service_broker_exposed")


def test_vuln_service_docker_fails(maker, judge):
    document = {"Version": "24.0.7", "ApiVersion": "1.43"}
    verdict = failed(judge, api(maker, 2375, "docker", answers.http_json(document), "/version"), "vuln_service_docker")
    assert verdict.subjects["service_version"].to_list() == ["24.0.7"]


def test_vuln_service_docker_passes(maker, judge):
    passed(judge, api(maker, 2375, "docker", answers.http(404), "/version"), "vuln_service_docker")


def test_a_docker_port_that_did_not_answer_is_a_doubt(maker, judge):
    unsure(judge, api(maker, 2375, "docker", b"", "/version", outcome="timeout"), "vuln_service_docker")


def test_vuln_service_kubernetes_fails_with_a_version_or_a_refusal(maker, judge):
    api(maker, 6443, "kubernetes", answers.http_json({"kind": "Status", "code": 401}, 401), "/version")
    assert failed(judge, maker, "vuln_service_kubernetes").subjects["login"].to_list() == ["required"]


def test_vuln_service_kubernetes_passes(maker, judge):
    passed(judge, api(maker, 6443, "kubernetes", answers.http(404), "/version"), "vuln_service_kubernetes")
