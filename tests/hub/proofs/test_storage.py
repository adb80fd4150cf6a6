import boto3
import environ
import pytest
from botocore.config import Config
from django.core.files.storage import default_storage

from rempart.hub.file_storage import file_storage
from rempart.hub.funding.proofs.services import add_document
from tests.hub.factories import proofs as made

KEYS = {"REMPART_HUB_S3_ACCESS_KEY": "test", "REMPART_HUB_S3_SECRET_KEY": "test", "REMPART_HUB_S3_REGION": "eu-west-3"}


class Environment(environ.Env):
    """An environment of its own."""


@pytest.fixture
def bucket(s3_address, settings, tmp_path):
    client = boto3.client(
        "s3", endpoint_url=s3_address, region_name="eu-west-3", aws_access_key_id="test", aws_secret_access_key="test",
        config=Config(s3={"addressing_style": "path"}),
    )  # fmt: skip
    client.create_bucket(Bucket="preuves", CreateBucketConfiguration={"LocationConstraint": "eu-west-3"})
    env = Environment()
    env.ENVIRON = {**KEYS, "REMPART_HUB_S3_BUCKET": "preuves", "REMPART_HUB_S3_URL": s3_address}
    settings.STORAGES = {**settings.STORAGES, "default": file_storage(env, tmp_path)}
    yield client
    for held in client.list_objects_v2(Bucket="preuves").get("Contents", []):
        client.delete_object(Bucket="preuves", Key=held["Key"])
    client.delete_bucket(Bucket="preuves")


@pytest.mark.django_db
def test_a_document_goes_to_a_real_s3_server_and_comes_back(bucket):
    application = made.application()
    version = add_document(
        application, made.PAPER, "plan", made.pdf(), name="plan.pdf", by=made.editor(application), at=made.AT
    )
    (held,) = bucket.list_objects_v2(Bucket="preuves")["Contents"]
    assert held["Key"] == version.path
    with default_storage.open(version.path) as file:
        assert file.read() == made.pdf().getvalue()
    assert bucket.get_bucket_acl(Bucket="preuves")["Grants"][0]["Grantee"]["Type"] == "CanonicalUser"


def test_without_a_bucket_files_lie_in_the_data_folder_for_their_owner(tmp_path):
    env = Environment()
    env.ENVIRON = {}
    chosen = file_storage(env, tmp_path)
    assert chosen["OPTIONS"]["location"] == tmp_path / "files"
    assert chosen["OPTIONS"]["file_permissions_mode"] == 0o600
