"""Secrets of Kubernetes in manifests."""

from __future__ import annotations

import base64

import pytest

from sous.bundle.secrets import mask_secrets

SECRET = """apiVersion: v1
kind: Secret
metadata:
  name: ordinary-name
type: Opaque
data:
  user: YWRtaW5pc3RyYXRvcg==
  file.json: |
    eyJhIjogMX0xMjM0NTY3
stringData:
  other: "usual-phrase"
  later: ${FROM_ENV}
"""
CONFIG = """kind: ConfigMap
data:
  user: YWRtaW5pc3RyYXRvcg==
"""


def test_the_values_of_a_secret_are_masked_and_nothing_else() -> None:
    text, found = mask_secrets(f"{CONFIG}---\n{SECRET}---\n{CONFIG}", "x.yaml")
    assert [one.line for one in found] == [11, 13, 15]
    assert "ordinary-name" in text
    assert "${FROM_ENV}" in text
    assert text.count("YWRtaW5pc3RyYXRvcg==") == 2


def test_a_sealed_secret_is_let_be() -> None:
    text = f"kind: SealedSecret\nspec:\n  encryptedData:\n    password: AgB{'k9Qz7Lm2' * 30}\n"
    assert mask_secrets(text, "sealed.yaml") == (text, [])


CERTIFICATE = "\n".join(
    f"    {line}" for line in ("-----BEGIN CERTIFICATE-----", "MIIB9TCC/WAC+QAw", "-----END CERTIFICATE-----")
)


@pytest.mark.parametrize(
    "entry",
    [
        "tls.crt: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSURTekNDQWpP",
        f"ca: |\n{CERTIFICATE}",
        "password: cGFzc3dvcmQ=",
        "client_secret: my-oauth-client-secret",
        "clusterName: eks-cluster-blue",
        "server: aHR0cHM6Ly9sb2NhbGhvc3Q6NjQ0Mw==",
        "auth: dXNlcjp7U0hBfVc2cGg1TW01UHo4R2dpVUxiUGd6RzM3bWo5Zz0=",
    ],
)
def test_what_is_public_or_made_up_in_it_is_let_be(entry: str) -> None:
    text = f"kind: Secret\ndata:\n  {entry}\n"
    assert mask_secrets(text, "x.yaml") == (text, [])


def test_a_private_key_behind_a_certificate_is_masked() -> None:
    text = f"kind: Secret\nstringData:\n  all: |\n{CERTIFICATE}\n    k9Xz27Qwp4Rt81LmVb3c\n"
    assert [one.line for one in mask_secrets(text, "x.yaml")[1]] == [7]


def test_a_random_value_in_it_is_masked_whatever_its_key_is() -> None:
    assert len(mask_secrets("kind: Secret\ndata:\n  id: k9Xz27Qwp4Rt81LmVb3c\n", "x.yaml")[1]) == 1


@pytest.mark.parametrize(
    "text",
    [
        '{"auths":{"registry.example.com":{"password":"k9Xz27Qwp4Rt81"}}}',
        "admin@example.com:Str0ngPassw0rd!k9",
        "user:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=\nother:k9Xz27Qwp4Rt81",
        "-----BEGIN CERTIFICATE-----\nMI\n-----END CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\nMI\n-----END PRIVATE KEY-----",
    ],
)
def test_a_secret_beside_an_example_in_base64_is_masked(text: str) -> None:
    value = base64.b64encode(text.encode()).decode()
    assert len(mask_secrets(f"kind: Secret\ndata:\n  file: {value}\n", "x.yaml")[1]) == 1
