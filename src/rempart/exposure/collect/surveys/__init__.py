"""What is asked of each kind of service or domain name: one module a theme, registered here.

A survey asks its questions through `ask` (the scheduler: it waits for its turn there) as many at once as it likes. What
it learns is in the observations; it returns nothing.
"""

import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from rempart.exposure.collect.question import Ask, Endpoint


@dataclass(frozen=True)
class Service:
    """An open service as it was identified: `tls` is "", "direct" or the STARTTLS dialect that its protocol speaks."""

    endpoint: Endpoint
    protocol: str
    tls: str = ""


@dataclass(frozen=True)
class Resolver:
    """Where DNS questions are asked: the run's own resolvers, first one first."""

    endpoints: tuple[Endpoint, ...]


ServiceSurvey = Callable[[Service, Ask], Awaitable[None]]
NameSurvey = Callable[[str, Resolver, Ask], Awaitable[None]]


@dataclass(frozen=True)
class Registered:
    """The surveys of services with the test that says which ones they are for, and those of domain names."""

    services: dict[str, tuple[Callable[[Service], bool], ServiceSurvey]]
    names: dict[str, NameSurvey]


_REGISTERED = Registered({}, {})


def service_survey(name: str, wants: Callable[[Service], bool]) -> Callable[[ServiceSurvey], ServiceSurvey]:
    """Register a survey asked of each open service that `wants` takes, once per declared name of its address."""

    def register(function: ServiceSurvey) -> ServiceSurvey:
        _REGISTERED.services[name] = (wants, function)
        return function

    return register


def name_survey(name: str) -> Callable[[NameSurvey], NameSurvey]:
    """Register a survey asked of each declared domain name."""

    def register(function: NameSurvey) -> NameSurvey:
        _REGISTERED.names[name] = function
        return function

    return register


def surveys() -> Registered:
    """Return every survey, loading the modules of this room."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return _REGISTERED
