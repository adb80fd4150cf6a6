"""Facts about databases, caches, brokers and the interfaces of container hosts: do they open without a login?"""

from collections.abc import Callable

import polars as pl

from rempart.exposure.facts import facts
from rempart.exposure.facts.talks import Row, detail_of, frame, read_talks
from rempart.exposure.protocols import brokers, mongodb, stores, web_answer
from rempart.exposure.protocols.stores import NONE, REQUIRED, Store
from rempart.exposure.snapshot import Snapshot

_DENIED = {401, 403}
_FOUND = 200


def _mongodb(data: bytes) -> Store:
    login = mongodb.read(data).login
    return Store("", None if login is None else REQUIRED if login else NONE)


def _postgresql(data: bytes) -> Store:
    stores.postgresql(data)
    return Store()


def _mssql(data: bytes) -> Store:
    return Store(stores.mssql_prelogin(data)[0])


_STORES: dict[str, Callable[[bytes], Store]] = {
    "redis": stores.redis,
    "memcached": stores.memcached,
    "mongodb": _mongodb,
    "mysql": stores.mysql,
    "postgresql": _postgresql,
    "mssql": _mssql,
    "zookeeper": stores.zookeeper,
}
_COLUMNS = {"protocol": pl.String(), "version": pl.String(), "login": pl.String()}


@facts("open_stores")
def open_stores(snapshot: Snapshot) -> pl.DataFrame:
    """Databases and caches: `protocol`, `version` ("" when not told), `login` (none, required, null when not told)."""
    rows = [
        {**endpoint, "protocol": protocol, "version": store.version, "login": store.login}
        for protocol, reader in _STORES.items()
        for endpoint, _, store in read_talks(snapshot, f"service.{protocol}", reader)
    ]
    rows += [
        {**endpoint, "protocol": product, "version": version, "login": login}
        for endpoint, product, version, login in _web(snapshot)
        if product in _WEB_STORES
    ]
    return frame(rows, _COLUMNS)


@facts("brokers")
def message_brokers(snapshot: Snapshot) -> pl.DataFrame:
    """Message brokers: `protocol`, `version`, `login` (none, required, null when the first answer does not tell)."""
    rows: list[Row] = []
    for endpoint, _, answer in read_talks(snapshot, "service.mqtt", brokers.mqtt_answer):
        login = {"accepted": NONE, "bad_login": REQUIRED, "not_authorised": REQUIRED}.get(answer)
        rows.append({**endpoint, "protocol": "mqtt", "version": "", "login": login})
    for endpoint, _, start in read_talks(snapshot, "service.amqp", brokers.amqp_start):
        login = NONE if "ANONYMOUS" in start.mechanisms else REQUIRED if start.mechanisms else None
        rows.append(
            {**endpoint, "protocol": "amqp", "version": f"{start.product} {start.version}".strip(), "login": login}
        )
    for endpoint, _, _count in read_talks(snapshot, "service.kafka", brokers.kafka_answer):
        rows.append({**endpoint, "protocol": "kafka", "version": "", "login": None})
    return frame(rows, _COLUMNS)


@facts("service_apis")
def service_apis(snapshot: Snapshot) -> pl.DataFrame:
    """Interfaces in HTTP that administer: `protocol` (docker, kubernetes, rabbitmq), `version`, `login` as above."""
    rows = [
        {**endpoint, "protocol": product, "version": version, "login": login}
        for endpoint, product, version, login in _web(snapshot)
        if product not in _WEB_STORES
    ]
    return frame(rows, _COLUMNS)


_WEB_STORES = {"elasticsearch", "couchdb", "etcd"}


def _web(snapshot: Snapshot) -> list[tuple[Row, str, str, str | None]]:
    """Return endpoint, product, version and login of what answered `service.api` as the product it was asked for."""
    found = []
    for endpoint, row, answer in read_talks(snapshot, "service.api", web_answer.read):
        product = str(detail_of(row).get("product") or row["question"].rpartition(" for ")[2].removesuffix(" (TLS)"))
        reader = _PRODUCTS.get(product)
        told = reader(answer) if reader else None
        if told is not None:
            found.append((endpoint, product, *told))
    return found


Told = tuple[str, str | None]


def _docker(answer: web_answer.WebAnswer) -> Told | None:
    document = answer.document()
    if answer.status == _FOUND and "ApiVersion" in document:
        return _text(document.get("Version")), NONE
    server = answer.headers.get("server", "")
    return ("", REQUIRED) if server.startswith("Docker/") and answer.status in _DENIED else None


def _kubernetes(answer: web_answer.WebAnswer) -> Told | None:
    document = answer.document()
    if answer.status == _FOUND and "gitVersion" in document:
        return _text(document.get("gitVersion")), NONE
    denied = answer.status in _DENIED and document.get("kind") == "Status"
    return ("", REQUIRED) if denied else None


def _etcd(answer: web_answer.WebAnswer) -> Told | None:
    version = answer.document().get("etcdserver")
    return (_text(version), None) if answer.status == _FOUND and version else None


def _elasticsearch(answer: web_answer.WebAnswer) -> Told | None:
    document = answer.document()
    version = document.get("version")
    if answer.status == _FOUND and isinstance(version, dict) and "lucene_version" in version:
        return _text(version.get("number")), NONE
    realm = answer.headers.get("www-authenticate", "")
    return ("", REQUIRED) if answer.status in _DENIED and "security" in realm.lower() else None


def _couchdb(answer: web_answer.WebAnswer) -> Told | None:
    document = answer.document()
    return (_text(document.get("version")), None) if document.get("couchdb") == "Welcome" else None


def _rabbitmq(answer: web_answer.WebAnswer) -> Told | None:
    return ("", REQUIRED) if "rabbitmq management" in answer.title.lower() else None


_PRODUCTS: dict[str, Callable[[web_answer.WebAnswer], Told | None]] = {
    "docker": _docker,
    "kubernetes": _kubernetes,
    "etcd": _etcd,
    "elasticsearch": _elasticsearch,
    "couchdb": _couchdb,
    "rabbitmq": _rabbitmq,
}


def _text(value: object) -> str:
    return value[:64] if isinstance(value, str) else ""
