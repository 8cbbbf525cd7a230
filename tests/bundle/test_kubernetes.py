"""Secrets of Kubernetes in manifests."""

from __future__ import annotations

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
  other: "plain-words"
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
