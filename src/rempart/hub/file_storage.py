"""Where deposited files lie: a folder, or a bucket of any S3 server when the environment names one."""

from pathlib import Path
from typing import Any

from environ import Env


def file_storage(env: Env, data_folder: Path) -> dict[str, Any]:
    """Return Django's storage setting: `REMPART_HUB_S3_BUCKET` chooses S3, else the data folder.

    Nothing in the bucket is public, nothing is overwritten: files are read through the hub only.
    """
    bucket = env("REMPART_HUB_S3_BUCKET", default="")
    if not bucket:
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {
                "location": data_folder / "files",
                "file_permissions_mode": 0o600,
                "directory_permissions_mode": 0o700,
            },
        }
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": env("REMPART_HUB_S3_URL", default="") or None,
            "region_name": env("REMPART_HUB_S3_REGION", default="") or None,
            "access_key": env("REMPART_HUB_S3_ACCESS_KEY", default="") or None,
            "secret_key": env("REMPART_HUB_S3_SECRET_KEY", default="") or None,
            "location": env("REMPART_HUB_S3_PREFIX", default=""),
            "addressing_style": "path",
            "default_acl": None,
            "file_overwrite": False,
            "querystring_auth": True,
        },
    }
