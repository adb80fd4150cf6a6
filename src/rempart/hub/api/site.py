"""The API itself: version 1, all its rooms, its description in OpenAPI."""

from django.utils.translation import gettext
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from rempart.hub.api import problems
from rempart.hub.api.endpoints import calls, figures, files, me, proofs

DESCRIPTION = """Read calls and files, and deposit attestations, with the rights of the person who made the token.
Amounts are in cents; moments carry their zone; errors follow RFC 9457."""


class HubApi(NinjaAPI):
    """The framework describes every answer as JSON; our errors are problem+json."""

    def get_openapi_schema(self, **options: object) -> OpenAPISchema:
        """Return the OpenAPI document."""
        schema = super().get_openapi_schema(**options)  # type: ignore[arg-type]
        for path in schema["paths"].values():
            for operation in path.values():
                operation["summary"] = gettext(operation["summary"])
                for status, answer in operation["responses"].items():
                    if int(status) >= 400 and "content" in answer:  # noqa: PLR2004 — where errors begin
                        answer["content"] = {problems.MEDIA_TYPE: next(iter(answer["content"].values()))}
        return schema


api = HubApi(
    title="Rempart",
    version="1",
    description=DESCRIPTION,
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api-1",
)
problems.register(api)
api.add_router("", me.router)
api.add_router("/calls", calls.router)
api.add_router("/figures", figures.router)
api.add_router("/files", files.router)
api.add_router("/files", proofs.router)
